/** The MQTT 3.1.1 that a load generator needs: packets as bytes beforehand, acknowledgements without an object each. */

export const CONNACK = 2
export const PUBLISH = 3
export const PUBACK = 4
export const SUBACK = 9

export function connectPacket({ clientId, username, password }: Record<'clientId' | 'username' | 'password', string>) {
  const named = username === '' ? [] : [text(username), text(password)]
  const flags = (username === '' ? 0 : 0xc0) | 0x02
  return packet(0x10, [text('MQTT'), Buffer.from([4, flags, 0, 0]), text(clientId), ...named])
}

export function publishPacket(topic: string, payload: Uint8Array, messageId: number): Buffer {
  return packet(0x32, [text(topic), u16(messageId), payload])
}

export function subscribePacket(filter: string): Buffer {
  return packet(0x82, [u16(1), text(filter), Buffer.from([1])])
}

export function pubackPacket(messageId: number): Buffer {
  return packet(0x40, [u16(messageId)])
}

/** Cuts a stream of bytes into packets and hands out the type and the body; the body is valid during the call only. */
export function packetReader(take: (type: number, body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (;;) {
      let length = 0
      let begin = at + 1
      let byte = 0x80
      for (let shift = 0; byte & 0x80 && begin < bytes.length; shift += 7) {
        byte = bytes[begin++] ?? 0
        length |= (byte & 0x7f) << shift
      }
      if (byte & 0x80 || begin + length > bytes.length) break
      take((bytes[at] ?? 0) >> 4, bytes.subarray(begin, begin + length))
      at = begin + length
    }
    rest = bytes.subarray(at)
  }
}

function packet(type: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const header = [type]
  for (let left = length; ; ) {
    header.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0))
    left >>= 7
    if (left === 0) break
  }
  return Buffer.concat([Buffer.from(header), ...parts])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u16(bytes.length), bytes])
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}
