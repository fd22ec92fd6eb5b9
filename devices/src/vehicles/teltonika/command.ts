import { OpsError } from '@waytrace/standard'
import { malformed } from '../../driver.ts'
import { Cursor } from './cursor.ts'
import { unwrapPacket, wrapPacket } from './packet.ts'

const CODEC_12 = 0x0c
const CODEC_13 = 0x0d
const COMMAND = 5
const RESPONSE = 6
const MAX_COMMAND_BYTES = 1024

/** What a device answers to a command, or says by itself from its serial port (codec 13). */
export interface CommandResponse {
  text: string
  /** UTC ms by the device's clock: codec 13 only. */
  at?: number
}

/** The packet that asks a device to run a command such as `getinfo`. Source: Teltonika Telematics Wiki, "Codec 12". */
export function encodeTeltonikaCommand(text: string): Uint8Array {
  return message(CODEC_12, COMMAND, ascii(text))
}

/** The packet a device answers with; with `at` it is codec 13, whose time has whole seconds. For virtual devices. */
export function encodeTeltonikaResponse({ text, at }: CommandResponse): Uint8Array {
  if (at === undefined) return message(CODEC_12, RESPONSE, ascii(text))
  const stamp = new Uint8Array(4)
  new DataView(stamp.buffer).setUint32(0, Math.floor(at / 1000))
  return message(CODEC_13, RESPONSE, Uint8Array.from([...stamp, ...ascii(text)]))
}

/** The command in a codec 12 packet: the virtual device's side. Throws `OpsError('FRAME_MALFORMED')`. */
export function decodeTeltonikaCommand(frame: Uint8Array): string {
  const [command] = messages(frame, COMMAND)
  if (command === undefined) throw malformed('a packet without a command')
  return command.text
}

/** The answers in a codec 12 or 13 packet. Throws `OpsError('FRAME_MALFORMED')`. */
export function decodeTeltonikaResponse(frame: Uint8Array): CommandResponse[] {
  return messages(frame, RESPONSE)
}

export function isResponseCodec(codec: number): boolean {
  return codec === CODEC_12 || codec === CODEC_13
}

function message(codec: number, type: number, body: Uint8Array): Uint8Array {
  if (body.length > MAX_COMMAND_BYTES) throw new OpsError('INPUT_INVALID', `a command of ${body.length} bytes`)
  const data = new Uint8Array(8 + body.length)
  data.set([codec, 1, type])
  new DataView(data.buffer).setUint32(3, body.length)
  data.set(body, 7)
  data[7 + body.length] = 1
  return wrapPacket(data)
}

function messages(frame: Uint8Array, wanted: number): CommandResponse[] {
  const data = unwrapPacket(frame)
  const codec = data[0] as number
  if (!isResponseCodec(codec)) throw malformed(`codec 0x${codec.toString(16)} carries no commands`)
  const cursor = new Cursor(data.subarray(2, -1))
  const out: CommandResponse[] = []
  for (let n = data[1] as number; n > 0; n--) {
    const type = cursor.uint(1)
    if (type !== wanted) throw malformed(`message type ${type}, want ${wanted}`)
    const body = new Cursor(cursor.take(cursor.uint(4)))
    const at = codec === CODEC_13 ? { at: body.uint(4) * 1000 } : {}
    out.push({ text: String.fromCharCode(...body.take(body.remaining)), ...at })
  }
  if (cursor.remaining !== 0) throw malformed(`${cursor.remaining} bytes follow the last message`)
  if (data[data.length - 1] !== data[1]) throw malformed('the two message counts differ')
  return out
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => {
    const code = char.charCodeAt(0)
    if (code > 0x7f) throw new OpsError('INPUT_INVALID', 'commands are ASCII')
    return code
  })
}
