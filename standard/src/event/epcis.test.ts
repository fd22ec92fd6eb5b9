import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryEvent } from '../testing/index.ts'
import { type EpcisEvent, isEpcis, type WaytraceEvent } from './envelope.ts'
import { WT_NAMESPACE } from './epcis-context.ts'
import { type EpcisJson, toEpcisDocument, toEpcisEvent, toEpcisEventDocument } from './epcis-export.ts'
import { fromEpcisDocument, type ImportOptions } from './epcis-import.ts'
import { eventHash } from './event-hash.ts'
import { checkEvent } from './parse-event.ts'
import { severityOf, subjectOf } from './projections.ts'

function vectors<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.vectors.json`, import.meta.url), 'utf8')) as T[]
}
const events = vectors<{ why: string; event: EpcisJson; refused?: string }>('epcis-events')
const documents = vectors<{ why: string; document: EpcisJson }>('epcis-documents')
const good = events.filter(({ refused }) => refused === undefined)
const createdAt = '2026-11-22T12:00:00Z'

function importer(options: Partial<ImportOptions> = {}): ImportOptions {
  let count = 0
  const next = () => ({ spool: 'import', sequence: String(++count).padStart(20, '0') })
  return { source: 'urn:waytrace:demo:import', recordedTime: createdAt, next, ...options }
}

async function only(json: unknown, options = importer()): Promise<EpcisEvent> {
  const { events: found, rejected } = await fromEpcisDocument(json, options)
  if (found[0] === undefined) throw rejected[0]?.error ?? new Error('no event')
  return found[0]
}

describe('import and export', () => {
  it.each(good)('keep $why', async ({ event }) => {
    const imported = await only(event)
    expect(checkEvent(imported)).toEqual(imported)
    expect(toEpcisEvent(imported)).toEqual(event)
  })

  it.each(documents)('write the same document again: $why', async ({ document }) => {
    const { events: found, rejected, shell } = await fromEpcisDocument(document, importer())
    expect(rejected).toEqual([])
    expect(toEpcisDocument(found, { createdAt, shell })).toEqual(document)
  })

  it.each(documents)('keep every event and its prefixes in a new document: $why', async ({ document }) => {
    const { events: found } = await fromEpcisDocument(document, importer())
    const written = toEpcisDocument(found, { createdAt })
    const again = await fromEpcisDocument(written, importer())
    const bare = ({ epciscontext: _, ...event }: EpcisEvent) => event
    expect(again.events.map(bare)).toEqual(found.map(bare))
    // The same names mean the same: hashes are made over full URIs.
    const hashes = await Promise.all(found.map((event) => hashInDocument(toEpcisEventDocument(event))))
    expect(await Promise.all(again.events.map((event) => hashInDocument(toEpcisEventDocument(event))))).toEqual(hashes)
  })

  it.each(events.filter(({ refused }) => refused !== undefined))('refuse $why', async ({ event, refused }) => {
    const { events: found, rejected } = await fromEpcisDocument(event, importer())
    expect(found).toEqual([])
    expect(rejected[0]?.error.code).toBe('EVENT_INVALID')
    expect(rejected[0]?.error.issues.map(({ path }) => path)).toContain(refused)
  })

  it('undo each other: an event of ours comes back as it was when its deployment restores it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryEvent.map(plain), async (event) => {
        const document = toEpcisDocument([event], { createdAt })
        expect(await only(document, importer({ restore: true }))).toEqual(event)
      }),
      { numRuns: 200 },
    )
  })

  it('undo each other: an imported event comes back as it was, with extensions of any shape', async () => {
    const extension = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
    const picked = fc.record({ base: fc.constantFrom(...good), extension })
    await fc.assert(
      fc.asyncProperty(picked, async ({ base, extension }) => {
        const json = { ...base.event, 'ex:any': extension }
        const event = await only(json)
        expect(await only(toEpcisEvent(event))).toEqual(event)
        expect(toEpcisEvent(event)).toEqual(json)
      }),
      { numRuns: 200 },
    )
  })
})

describe('export', () => {
  const own = arbitraryEvent.filter((event) => isEpcis(event) && event.deviceid !== undefined)

  it('adds what only the envelope knows, and declares its prefix', () => {
    const event = plain(fc.sample(own, { numRuns: 1, seed: 1 })[0] as WaytraceEvent)
    const document = toEpcisDocument([event], { createdAt }) as EpcisJson & { epcisBody: { eventList: EpcisJson[] } }
    expect(document['@context']).toContainEqual({ wt: WT_NAMESPACE })
    expect(document.epcisBody.eventList[0]).toMatchObject({
      eventID: event.id,
      eventTime: event.time,
      eventTimeZoneOffset: event.tzoffset,
      'wt:source': event.source,
      'wt:recordedTime': event.recordedtime,
      'wt:sequence': event.sequence,
      'wt:spool': event.spool,
    })
  })

  it('leaves the original values of a restatement alone', () => {
    const event = plain(fc.sample(own, { numRuns: 1, seed: 2 })[0] as WaytraceEvent) as EpcisEvent
    Object.assign(event.data, { 'wt:sequence': '00000000000000000007' })
    expect(toEpcisEvent(event)['wt:sequence']).toBe('00000000000000000007')
  })

  it('leaves own facts out', () => {
    const facts = vectors<{ event: WaytraceEvent; refused?: string }>('events')
    const alarm = facts.find(({ event }) => event.type === 'waytrace.alarm.v1')?.event as WaytraceEvent
    expect(toEpcisDocument([alarm], { createdAt })).toMatchObject({ epcisBody: { eventList: [] } })
  })

  it('writes the time of capture where the caller knows it, and never over an imported one', async () => {
    const recordTime = '2026-11-22T12:34:56Z'
    const [event] = good.filter(({ event }) => event.recordTime !== undefined)
    expect(toEpcisEvent(await only(event?.event), { recordTime }).recordTime).toBe(event?.event.recordTime)
    expect(toEpcisEvent(await only(good[0]?.event), { recordTime }).recordTime).toBe(recordTime)
  })

  it('gives events their own context where one prefix means two things', async () => {
    const [first, second] = ['https://a.example.com/', 'https://b.example.com/']
    const make = (ex: unknown, n: string) => ({
      ...good[0]?.event,
      eventID: `urn:x:${n}`,
      '@context': { ex },
      'ex:k': 1,
    })
    const head = documents[0]?.document as EpcisJson
    const found = await Promise.all(
      [make(first, '1'), make(second, '2')].map(({ '@context': context, ...event }) =>
        only({ ...head, '@context': [context], epcisBody: { eventList: [event] } }),
      ),
    )
    const document = toEpcisDocument(found, { createdAt }) as EpcisJson & { epcisBody: { eventList: EpcisJson[] } }
    expect(document['@context']).toContainEqual({ ex: first })
    expect(document.epcisBody.eventList.map((event) => event['@context'])).toEqual([undefined, [{ ex: second }]])
  })

  it('answers a query in a query document that import takes back', async () => {
    const event = await only(good[0]?.event)
    const document = toEpcisDocument([event], { createdAt, query: { queryName: 'SimpleEventQuery' } })
    expect(await only(document)).toMatchObject({ id: event.id, data: event.data })
  })
})

describe('import', () => {
  it('names an event without eventID by its hash, which export leaves out again', async () => {
    const { eventID: _, ...json }: EpcisJson = good[0]?.event ?? {}
    const event = await only(json)
    expect(event).toMatchObject({ id: await eventHash(json), noeventid: true, imported: true })
    expect(toEpcisEvent(event)).toEqual(json)
  })

  it('rejects one event and takes its neighbours, without a gap in the sequence', async () => {
    const bad = events.find(({ refused }) => refused !== undefined)?.event
    const document = { ...documents[0]?.document, epcisBody: { eventList: [good[0]?.event, bad, good[1]?.event] } }
    const { events: found, rejected } = await fromEpcisDocument(document, importer())
    expect(found.map(({ sequence }) => Number(sequence))).toEqual([1, 2])
    expect(rejected.map(({ index }) => index)).toEqual([1])
  })

  it('does not believe a stranger who claims to be one of our agents', async () => {
    const claimed = {
      ...good[0]?.event,
      'wt:source': 'urn:epc:id:giai:9521234.AGT-0007',
      'wt:recordedTime': createdAt,
      'wt:sequence': '00000000000000000001',
      'wt:spool': 'x',
    }
    expect(await only(claimed)).toMatchObject({ source: 'urn:waytrace:demo:import', imported: true })
  })

  it('refuses a document that means something else by our prefix', async () => {
    const foreign = { ...good[0]?.event, '@context': { wt: 'https://weights.example.com/' }, 'wt:scan': 4 }
    const { rejected } = await fromEpcisDocument(foreign, importer())
    expect(rejected[0]?.error.issues[0]?.path).toBe('@context')
  })

  it('says that master data is not stored', async () => {
    const held = documents.find(({ document }) => document.epcisHeader !== undefined)?.document
    expect((await fromEpcisDocument(held, importer())).notes).toEqual([expect.stringContaining('not stored')])
  })

  it.each([null, 4, 'x', { type: 'EPCISDocument' }, { type: 'EPCISQueryDocument', epcisBody: {} }])(
    'refuses %j, which is no document',
    async (json) => {
      await expect(fromEpcisDocument(json, importer())).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    },
  )
})

function hashInDocument({ '@context': context, ...event }: EpcisJson): Promise<string> {
  return eventHash(event, context)
}

/** The event with only such attributes as EPCIS carries, and its projections. */
function plain(event: WaytraceEvent): WaytraceEvent {
  if (!isEpcis(event)) throw new Error('not an EPCIS event')
  const { specversion, id, source, type, time, tzoffset, recordedtime, sequence, spool, orderid, deviceid, data } =
    event
  const subject = subjectOf(data)
  return checkEvent({
    ...{ specversion, id, source, type, time, tzoffset, recordedtime, sequence, spool, ...severityOf(data), data },
    ...(orderid === undefined ? {} : { orderid }),
    ...(deviceid === undefined ? {} : { deviceid }),
    ...(subject === undefined ? {} : { subject }),
    datacontenttype: 'application/json',
    dataschema: `https://waytrace.dev/schema/${type.split('.')[1]}/v1`,
  })
}
