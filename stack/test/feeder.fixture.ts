import { eventId, type WaytraceEvent } from '@waytrace/standard'
import { encodeRawRecord } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { exampleOrder, exampleSscc, objectEvent } from '@waytrace/standard/testing'
import { openDataFolder } from '../src/data-folder.ts'
import { settings } from '../src/settings.ts'
import { AGENT, SCANNER, SOURCE } from './agent.ts'

/**
 * Feeds the raw journal of a data folder as the broker does, without end. Prints `accepted N` when N messages are
 * acknowledged; ends in order at the line `stop`. Every 50th message is poison, every 20th is sent twice, every 30th
 * is a change of the scanner's status.
 */
const [data = ''] = process.argv.slice(2)
const clock = systemClock()
const config = settings({ data })
const folder = await openDataFolder(config, clock)
await folder.knowledge.identities.enrol({
  ...AGENT,
  kind: 'agent',
  sourceUrn: SOURCE,
  devices: { self: { urn: SOURCE, kind: 'agent' }, scn1: { urn: SCANNER, kind: 'scanner' } },
})
let going = true
process.stdin.on('data', () => {
  going = false
})

const prefix = `wt/v1/${AGENT.site}/${AGENT.agent}/scanner/scn1`
function send(topic: string, payload: string): Promise<number> {
  const origin = { kind: 'mqtt', name: `${AGENT.site}/${AGENT.agent}` } as const
  return folder.rawJournal.append(
    encodeRawRecord({ receivedAt: clock.now(), origin, topic: `${prefix}/${topic}`, payload: Buffer.from(payload) }),
  )
}

function event(n: number): WaytraceEvent {
  return objectEvent({
    id: eventId(Date.UTC(2026, 0, 15, 8) + n),
    source: SOURCE,
    deviceid: SCANNER,
    spool: 'spool-a',
    sequence: String(n).padStart(20, '0'),
    orderid: exampleOrder(n % 200),
    data: { epcList: [exampleSscc(n % 200)], bizStep: n % 2 === 0 ? 'picking' : 'packing' },
  })
}

let sequence = 0
let accepted = 0
while (going) {
  const turn = Array.from({ length: 40 }, (_, i) => {
    const n = accepted + i + 1
    if (n % 50 === 0) return [send('evt/scan', `poison ${n}`)]
    if (n % 30 === 0) return [send('status', JSON.stringify({ state: n % 60 === 0 ? 'ready' : 'alert', n }))]
    const text = JSON.stringify(event(++sequence))
    return n % 20 === 1 ? [send('evt/scan', text), send('evt/scan', text)] : [send('evt/scan', text)]
  })
  await Promise.all(turn.flat())
  accepted += turn.length
  process.stdout.write(`accepted ${accepted} sequence ${sequence}\n`)
}
await folder.close()
process.exit(0)
