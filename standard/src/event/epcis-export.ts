import { EPCIS_TYPES, type EpcisEvent, isEpcis, type WaytraceEvent } from './envelope.ts'
import { ContextMerger, entries, readNote } from './epcis-context.ts'

/** An EPCIS 2.0 JSON event or document, as it is written to a file. */
export type EpcisJson = Record<string, unknown>

/**
 * What an imported document held besides its events, so that the same document can be written again.
 * `place` says where the events stood: `list` in an eventList, `single` as an eventList that was one object,
 * `event` in `epcisBody.event`, `bare` without a document around them.
 */
export interface EpcisShell {
  kind: 'EPCISDocument' | 'EPCISQueryDocument' | 'none'
  place: 'list' | 'single' | 'event' | 'bare' | 'array'
  head: EpcisJson
}

export interface ExportOptions {
  /** RFC 3339: the document's creationDate. */
  createdAt: string
  /** Written around the events as they came, instead of a new document. */
  shell?: EpcisShell
  /** Makes an EPCISQueryDocument: the answer to a query instead of a capture. */
  query?: { queryName: string; subscriptionID?: string }
}

/**
 * One event in EPCIS 2.0 JSON: `data` with the envelope's attributes under their EPCIS names. What only the envelope
 * knows goes into `wt:` keys, unless the event was imported or `data` has the key (a restatement keeps the original's).
 * `recordTime` is the time of capture, where the caller knows it.
 */
export function toEpcisEvent(event: EpcisEvent, { recordTime }: { recordTime?: string } = {}): EpcisJson {
  const own = readNote(event.epciscontext).event
  const data: EpcisJson = event.data
  const out: EpcisJson = { ...(own === undefined ? {} : { '@context': own }), type: EPCIS_TYPES[event.type] }
  if (event.noeventid !== true) out.eventID = event.id
  out.eventTime = event.time
  out.eventTimeZoneOffset = event.tzoffset
  if (recordTime !== undefined) out.recordTime = recordTime
  Object.assign(out, data)
  if (event.imported === true) return out
  for (const [key, value] of provenance(event)) if (!(key in data)) out[key] = value
  return out
}

function provenance(event: EpcisEvent): [string, string][] {
  const found: [string, string][] = [
    ['wt:source', event.source],
    ['wt:recordedTime', event.recordedtime],
    ['wt:sequence', event.sequence],
    ['wt:spool', event.spool],
  ]
  const sensed = event.data.sensorElementList?.some(
    ({ sensorMetadata, sensorReport }) =>
      sensorMetadata?.deviceID !== undefined || sensorReport.some(({ deviceID }) => deviceID !== undefined),
  )
  if (event.deviceid !== undefined && sensed !== true) found.push(['wt:deviceID', event.deviceid])
  return found
}

/** One event as a document of its own, with the context it needs. */
export function toEpcisEventDocument(event: EpcisEvent, options: { recordTime?: string } = {}): EpcisJson {
  const merger = new ContextMerger()
  const note = readNote(event.epciscontext)
  if (event.imported !== true) merger.addOurs()
  const context =
    note.event === undefined && note.document === undefined
      ? merger.context()
      : [...entries(note.document), ...entries(note.event)]
  return { ...toEpcisEvent(event, options), '@context': context }
}

/** Events as an EPCIS 2.0 document. What Waytrace itself concluded or did (own facts) is left out. */
export function toEpcisDocument(events: readonly WaytraceEvent[], options: ExportOptions): unknown {
  const { shell } = options
  const epcis = events.filter(isEpcis)
  if (shell !== undefined) return intoShell(shell, epcis)
  const { context, list } = withContext(epcis)
  const head = { '@context': context, schemaVersion: '2.0', creationDate: options.createdAt }
  const { query } = options
  if (query === undefined) return { ...head, type: 'EPCISDocument', epcisBody: { eventList: list } }
  const queryResults = { ...query, resultsBody: { eventList: list } }
  return { ...head, type: 'EPCISQueryDocument', epcisBody: { queryResults } }
}

/** Writes each prefix once at the document; an event that means another thing by a prefix carries its own context. */
function withContext(events: readonly EpcisEvent[]): { context: unknown; list: EpcisJson[] } {
  const notes = events.map((event) => readNote(event.epciscontext))
  const ours = events.some(({ imported }) => imported !== true)
  const distinct = new Set(notes.map(({ document }) => JSON.stringify(document)))
  const first = notes[0]?.document
  // The usual re-export: all events from one document, whose context is given back as it was written.
  if (!ours && distinct.size === 1 && first !== undefined)
    return { context: first, list: events.map((event) => toEpcisEvent(event)) }
  const merger = new ContextMerger()
  if (ours) merger.addOurs()
  const list = events.map((event, i) => {
    const json = toEpcisEvent(event)
    const { document } = notes[i] ?? {}
    if (document === undefined || merger.add(document)) return json
    return { ...json, '@context': [...entries(document), ...entries(json['@context'])] }
  })
  return { context: merger.context(), list }
}

function intoShell({ kind, place, head }: EpcisShell, events: readonly EpcisEvent[]): unknown {
  const list = events.map((event) => toEpcisEvent(event))
  if (place === 'array') return list
  if (place === 'bare') return list[0]
  const held = place === 'list' ? list : list[0]
  const key = place === 'event' ? 'event' : 'eventList'
  if (kind === 'EPCISDocument') return { ...head, epcisBody: { ...(head.epcisBody as EpcisJson), [key]: held } }
  const body = head.epcisBody as { queryResults: { resultsBody: EpcisJson } }
  const resultsBody = { ...body.queryResults.resultsBody, [key]: held }
  return { ...head, epcisBody: { ...body, queryResults: { ...body.queryResults, resultsBody } } }
}
