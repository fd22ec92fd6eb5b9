import { OpsError } from '@waytrace/standard'

/** Watches the bytes of one connection for packets that are too large, without keeping any. */
export interface PacketGuard {
  /** Throws `OpsError('PAYLOAD_TOO_LARGE' | 'FRAME_MALFORMED')` at the fixed header of a packet that must not be read on. */
  scan(chunk: Uint8Array): void
  /** Largest packet from now on; the first packets of a stranger are held to less. */
  limit: number
}

/**
 * Follows the fixed headers of MQTT 3.1.1, 2.2 (type byte, then the remaining length in up to four bytes). The parser
 * behind it buffers a packet until it is whole, so a stated length of 256 MB must be refused before it sees it.
 */
export function packetGuard(limit: number): PacketGuard {
  let remaining = 0
  /** Bytes of the length field seen; -1 while a type byte is due. */
  let lengthBytes = -1
  let length = 0

  const guard: PacketGuard = {
    limit,
    scan(chunk) {
      let at = 0
      while (at < chunk.length) {
        if (remaining > 0) {
          const step = Math.min(remaining, chunk.length - at)
          remaining -= step
          at += step
          continue
        }
        const byte = chunk[at++] ?? 0
        if (lengthBytes < 0) {
          lengthBytes = 0
          length = 0
          continue
        }
        length += (byte & 0x7f) * 128 ** lengthBytes
        lengthBytes++
        if (length > guard.limit)
          throw new OpsError('PAYLOAD_TOO_LARGE', `a packet of at least ${length} bytes; ${guard.limit} are allowed`)
        if ((byte & 0x80) === 0) {
          remaining = length
          lengthBytes = -1
        } else if (lengthBytes === 4) {
          throw new OpsError('FRAME_MALFORMED', 'a remaining length of more than four bytes (MQTT 3.1.1, 2.2.3)')
        }
      }
    },
  }
  return guard
}
