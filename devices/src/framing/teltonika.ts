import { OpsError } from '@waytrace/standard'
import { byteQueue } from './byte-queue.ts'
import { type Framer, type FramerOptions, tooLarge } from './framer.ts'

/** Devices send at most 1,280 bytes of AVL data; answers to commands may be longer. */
export const TELTONIKA_MAX_FRAME_BYTES = 4096

const LOGIN_BYTES = 17
/** Preamble and length before the data, CRC behind. */
const ENVELOPE_BYTES = 12
/** Codec and the two counts. */
const LEAST_DATA_BYTES = 3
/** Sent by the device now and then to keep the connection open; it asks for no answer. */
const PING = 0xff

/**
 * Frames of one TCP connection of a Teltonika device: the login (length 15 and the IMEI), then whole packets,
 * preamble to CRC; pings are dropped. Checksums are not judged here. After bytes that begin no frame the rest of the
 * connection is ignored: zero runs inside records look like preambles, so the link must close it, and the device
 * sends again on a new one all that was not acknowledged.
 */
export function teltonikaFramer({ maxFrameBytes = TELTONIKA_MAX_FRAME_BYTES, onError }: FramerOptions): Framer {
  const queue = byteQueue()
  let lost = false

  function lose(error: OpsError): 0 {
    lost = true
    queue.drop(queue.length)
    onError(error)
    return 0
  }

  /** Length of the frame at the head of the queue; 0 while it is not known or the stream is lost. */
  function frameLength(): number {
    if (queue.length < 2) return 0
    if (queue.at(0) === 0 && queue.at(1) === LOGIN_BYTES - 2) return LOGIN_BYTES
    for (let i = 0; i < Math.min(4, queue.length); i++) {
      if (queue.at(i) !== 0)
        return lose(new OpsError('FRAME_MALFORMED', 'neither a login nor the preamble of a packet'))
    }
    if (queue.length < 8) return 0
    const length = queue.view().getUint32(4)
    if (length < LEAST_DATA_BYTES) return lose(new OpsError('FRAME_MALFORMED', `a packet of ${length} bytes of data`))
    return length + ENVELOPE_BYTES > maxFrameBytes ? lose(tooLarge(maxFrameBytes)) : length + ENVELOPE_BYTES
  }

  return {
    push(chunk) {
      const frames: Uint8Array[] = []
      if (lost) return frames
      queue.append(chunk)
      for (;;) {
        while (queue.length > 0 && queue.at(0) === PING) queue.drop(1)
        const length = frameLength()
        if (length === 0 || queue.length < length) return frames
        frames.push(queue.take(length))
      }
    },
  }
}
