import { decodeLogRecord } from '@waytrace/standard/journal'
import { act, type Finding, ok, type Patient } from './finding.ts'
import { spanText } from './words.ts'

const SANE = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2100, 0, 1) }
const AHEAD_MS = 60_000

/** Whether the machine's clock can be right: a year that can be, and not behind what was stored. */
export function clockSanity({ clock, data }: Patient): Finding[] {
  const now = clock.now()
  const text = new Date(now).toISOString()
  const next = 'set the clock and keep it set by NTP: times of events, sessions and certificates rest on it'
  if (now < SANE.from || now > SANE.to) return [act('clock', `says ${text}`, next)]
  const last = data?.acceptedLog.stats().last ?? 0
  const [newest] = last === 0 ? [] : (data?.acceptedLog.read(last, 1) ?? [])
  const ahead = newest === undefined ? 0 : decodeLogRecord(newest.bytes).receivedAt - now
  if (ahead > AHEAD_MS) return [act('clock', `is ${spanText(ahead)} behind the newest stored event`, next)]
  return [ok('clock', text)]
}
