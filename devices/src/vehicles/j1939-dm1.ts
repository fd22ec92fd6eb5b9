import { OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { defineDriver, type Fault, malformed, type Observation } from '../driver.ts'
import { formatSlcan, parseSlcan } from './j1939/can-frame.ts'
import { j1939Frames, j1939Transport, MAX_MESSAGE_BYTES } from './j1939/transport.ts'
import { type DiagnosticMessage, decodeDiagnostic, encodeDiagnostic, type Lamp } from './j1939/trouble-codes.ts'

/** Active trouble codes. */
export const PGN_DM1 = 0xfeca
/** Codes that were active before. */
export const PGN_DM2 = 0xfecb

/** Announcement and 255 packets as lines, CR and time stamps included. */
const MAX_TEXT_BYTES = 256 * 32
/** `T`, eight digits and a length: a payload of eight bytes never is as long. */
const LEAST_TEXT_BYTES = 10
/** T, t, R, r: data and remote frames. */
const LINE_STARTS = new Set([0x54, 0x74, 0x52, 0x72])

/**
 * Trouble codes of trucks, SAE J1939-73. A frame is either
 * - one or more SLCAN lines separated by CR: single frames, or all packets of a message, reassembled within the frame;
 * - or the payload of one message, which is DM1 unless the link says another PGN in `context.port`. A link that
 *   listens for long reassembles with `j1939Transport` and hands payloads over like this.
 * Other messages on the bus give nothing. CAN has checked its own CRC before, so there is none here.
 */
export default defineDriver({
  model: 'j1939-dm1',
  version: '1.0.0',
  summary: 'Trucks over CAN (SLCAN adapter): J1939 DM1 and DM2 trouble codes, single and multi-packet (SAE J1939-73).',
  integrity: 'none',
  options: z.strictObject({
    source: z.int().min(0).max(253).default(0).describe('Source address of encoded frames.'),
  }),
  decode(frame, { receivedAt, port }) {
    if (port !== undefined) return fromPayload(port, frame, receivedAt)
    return isText(frame) ? fromLines(frame, receivedAt) : fromPayload(PGN_DM1, frame, receivedAt)
  },
  encode(observations, { source }) {
    if (observations.length === 0) throw new OpsError('INPUT_INVALID', 'no observation to say in a DM1')
    const lines = messages(observations).flatMap(([pgn, message]) =>
      j1939Frames(pgn, source, encodeDiagnostic(message)).map(formatSlcan),
    )
    return Uint8Array.from(lines.map((line) => `${line}\r`).join(''), (char) => char.charCodeAt(0))
  },
})

function isText(frame: Uint8Array): boolean {
  if (frame.length < LEAST_TEXT_BYTES || !LINE_STARTS.has(frame[0] as number)) return false
  return frame.every((byte) => byte === 0x0d || byte === 0x0a || (byte >= 0x20 && byte < 0x7f))
}

function fromLines(frame: Uint8Array, at: number): Observation[] {
  if (frame.length > MAX_TEXT_BYTES) throw malformed(`${frame.length} bytes are more than one message`)
  const transport = j1939Transport()
  const lines = new TextDecoder().decode(frame).split(/[\r\n]+/)
  return lines.flatMap((line) => {
    const message = line === '' ? undefined : transport.push(parseSlcan(line), at)
    return message?.pgn === PGN_DM1 || message?.pgn === PGN_DM2 ? fromPayload(message.pgn, message.bytes, at) : []
  })
}

function fromPayload(pgn: number, bytes: Uint8Array, at: number): Observation[] {
  if (pgn !== PGN_DM1 && pgn !== PGN_DM2) throw malformed(`PGN ${pgn} is neither DM1 nor DM2`)
  if (bytes.length > MAX_MESSAGE_BYTES) throw malformed(`${bytes.length} bytes are more than one message`)
  const { lamps, codes } = decodeDiagnostic(bytes)
  const active = pgn === PGN_DM1
  const lamp = active ? lamps?.[0] : undefined
  const out: Observation[] = []
  if (lamps !== undefined) out.push({ kind: 'mode', at, channel: lampChannel(active), value: lamps.join('+') || 'OFF' })
  // The count also says that the codes of an earlier message are gone.
  out.push({ kind: 'count', at, channel: countChannel(active), value: codes.length, unit: 'C62' })
  for (const { code, occurrences } of codes) {
    out.push({
      kind: 'fault',
      at,
      system: 'j1939',
      code,
      ...(occurrences === undefined ? {} : { occurrences }),
      ...(lamp === undefined ? {} : { lamp }),
      active,
    })
  }
  return out
}

function countChannel(active: boolean): string {
  return active ? 'dtc' : 'dtc-previous'
}

function lampChannel(active: boolean): string {
  return active ? 'lamps' : 'lamps-previous'
}

/** DM1 of what is active and DM2 of what was; each only when the observations speak of it. */
function messages(observations: readonly Observation[]): [pgn: number, message: DiagnosticMessage][] {
  const dm1: DiagnosticMessage = { codes: [] }
  const dm2: DiagnosticMessage = { codes: [] }
  const seen = new Set<number>()
  for (const observation of observations) {
    const active =
      observation.kind === 'fault' ? observation.active : !String(channelOf(observation)).endsWith('previous')
    const message = active ? dm1 : dm2
    seen.add(active ? PGN_DM1 : PGN_DM2)
    if (observation.kind === 'fault') addFault(message, observation)
    else if (observation.kind === 'mode') message.lamps = String(observation.value).split('+').filter(isLamp)
    else if (observation.kind !== 'count')
      throw new OpsError('INPUT_INVALID', `J1939 DM1 carries no ${observation.kind}`)
  }
  const all: [number, DiagnosticMessage][] = [
    [PGN_DM1, dm1],
    [PGN_DM2, dm2],
  ]
  return all.filter(([pgn]) => seen.has(pgn))
}

function addFault(message: DiagnosticMessage, { code, occurrences, lamp }: Fault): void {
  message.codes.push({ code, ...(occurrences === undefined ? {} : { occurrences }) })
  if (lamp !== undefined && !message.lamps?.includes(lamp)) message.lamps = [...(message.lamps ?? []), lamp]
}

function channelOf(observation: Observation): string | undefined {
  return 'channel' in observation ? observation.channel : undefined
}

function isLamp(text: string): text is Lamp {
  return ['MIL', 'RED_STOP', 'AMBER_WARNING', 'PROTECT'].includes(text)
}
