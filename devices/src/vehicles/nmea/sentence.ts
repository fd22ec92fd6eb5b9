import { malformed } from '../../driver.ts'

/** NMEA 0183 allows 82 characters; receivers with long talker extensions send more, none sends 256. */
export const MAX_SENTENCE_BYTES = 256

export interface Sentence {
  /** Who speaks: `GP`, `GN`, `GL`, `II`... or `P` with a maker's code for proprietary sentences. */
  talker: string
  /** Sentence formatter, e.g. `RMC`. */
  formatter: string
  fields: string[]
}

const WITH_CHECKSUM = /^\$([\x20-\x7e]*)\*([0-9A-F]{2})(?:\r\n|\r|\n)?$/
const LENIENT = /^\$([\x20-\x7e]*?)(?:\*([0-9A-Fa-f]{2}))?(?:\r\n|\r|\n)?$/
const ADDRESS = /^(?:(P)([A-Z0-9]{3,8})|([A-Z0-9]{2})([A-Z]{3}))$/

/**
 * One sentence, `$` to checksum, line end optional. With `required`, a sentence without two upper-case digits of
 * checksum is refused; `optional` takes those of old devices, but a checksum that is there must be right.
 */
export function parseSentence(frame: Uint8Array, checksum: 'required' | 'optional'): Sentence {
  if (frame.length > MAX_SENTENCE_BYTES) throw malformed(`${frame.length} bytes are no sentence`)
  const match = (checksum === 'required' ? WITH_CHECKSUM : LENIENT).exec(String.fromCharCode(...frame))
  const body = match?.[1]
  if (body === undefined || body.includes('$') || body.includes('*')) throw malformed('not $...*hh')
  const stated = match?.[2]
  if (stated !== undefined && Number.parseInt(stated, 16) !== xor(body)) {
    throw malformed(`checksum ${stated}, computed ${xor(body).toString(16).toUpperCase()}`)
  }
  const [address = '', ...fields] = body.split(',')
  const parts = ADDRESS.exec(address)
  if (parts === null) throw malformed(`'${address}' is no sentence address`)
  return { talker: parts[1] ?? parts[3] ?? '', formatter: parts[2] ?? parts[4] ?? '', fields }
}

/** The sentence as a line, `$` to CR LF. */
export function formatSentence({ talker, formatter, fields }: Sentence): Uint8Array {
  const body = [`${talker}${formatter}`, ...fields].join(',')
  const hex = xor(body).toString(16).toUpperCase().padStart(2, '0')
  return Uint8Array.from(`$${body}*${hex}\r\n`, (char) => char.charCodeAt(0))
}

function xor(body: string): number {
  let sum = 0
  for (let i = 0; i < body.length; i++) sum ^= body.charCodeAt(i)
  return sum
}
