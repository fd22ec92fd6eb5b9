import { dedupKey, tryEvent, type WaytraceEvent } from '@waytrace/standard'
import { connectAsync, type MqttClient } from 'mqtt'

/** The centre as an agent sees it: takes events, answers with marks. */
export interface FakeIngest {
  /** Each event once, by dedup key, in the order of arrival. */
  events: Map<string, WaytraceEvent>
  /** How often events came, repeats included. */
  received: number
  /** Events the standard refuses: must stay empty. */
  invalid: string[]
  statuses: Map<string, Record<string, unknown>>
  answers: Record<string, unknown>[]
  marks: Map<string, number>
  /** While false, events are taken and counted, but no mark goes out. */
  marking: boolean
  publish(topic: string, payload: object, retain?: boolean): Promise<void>
  ofType(type: WaytraceEvent['type']): WaytraceEvent[]
  stop(): Promise<void>
}

export interface FakeIngestOptions {
  /** Look at every event with the standard's schema; off for speed. */
  check?: boolean
  /** Keep the events; off for a million of them. */
  keep?: boolean
  /** Events that are never passed, as a broken ingest would. */
  poison?: (event: WaytraceEvent) => boolean
}

export async function fakeIngest(url: string, options: FakeIngestOptions = {}): Promise<FakeIngest> {
  const { check = true, keep = true, poison } = options
  const client: MqttClient = await connectAsync(url, { clientId: `ingest-${process.pid}`, protocolVersion: 4 })
  const spools = new Map<string, { mark: number; ahead: Set<number>; due: boolean }>()
  const ingest: FakeIngest = {
    events: new Map(),
    received: 0,
    invalid: [],
    statuses: new Map(),
    answers: [],
    marks: new Map(),
    marking: true,
    async publish(topic, payload, retain = false) {
      await client.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain })
    },
    ofType: (type) => [...ingest.events.values()].filter((event) => event.type === type),
    stop: () => client.endAsync(true),
  }

  function take(event: WaytraceEvent, prefix: string): void {
    ingest.received++
    if (check) {
      const result = tryEvent(event)
      if (!result.ok) ingest.invalid.push(`${event.type} ${JSON.stringify(result.issues)}`)
    }
    if (keep && !ingest.events.has(dedupKey(event))) ingest.events.set(dedupKey(event), event)
    const known = spools.get(event.spool) ?? { mark: 0, ahead: new Set<number>(), due: false }
    spools.set(event.spool, known)
    if (poison?.(event) !== true) passed(known, Number(event.sequence))
    if (event.type === 'waytrace.gap.v1' && event.data.spool === event.spool && event.data.toSequence !== undefined)
      for (let n = Number(event.data.fromSequence); n <= Number(event.data.toSequence); n++) passed(known, n)
    if (known.due) return
    known.due = true
    setImmediate(() => {
      known.due = false
      if (!ingest.marking) return
      ingest.marks.set(event.spool, known.mark)
      const sequence = String(known.mark).padStart(20, '0')
      client.publish(`${prefix}agent/self/ack`, JSON.stringify({ spool: event.spool, sequence }), {
        qos: 1,
        retain: true,
      })
    })
  }

  function passed(known: { mark: number; ahead: Set<number> }, position: number): void {
    if (position <= known.mark) return
    if (position !== known.mark + 1) {
      known.ahead.add(position)
      return
    }
    known.mark = position
    while (known.ahead.delete(known.mark + 1)) known.mark++
  }

  client.on('message', (topic, payload) => {
    const prefix = topic.split('/').slice(0, 4).join('/').concat('/')
    const json = payload.length === 0 ? {} : JSON.parse(payload.toString('utf8'))
    if (topic.endsWith('/status')) ingest.statuses.set(topic, json)
    else if (topic.includes('/res/')) ingest.answers.push(json)
    else for (const event of Array.isArray(json) ? json : [json]) take(event, prefix)
  })
  await client.subscribeAsync(
    ['wt/v1/+/+/+/+/evt/+', 'wt/v1/+/+/agent/self/batch', 'wt/v1/+/+/+/+/status', 'wt/v1/+/+/+/+/res/+'],
    { qos: 1 },
  )
  return ingest
}
