import { EPCIS_TYPES, type EpcisEvent, isEpcis } from './envelope.ts'
import { foreignWt, writeNote } from './epcis-context.ts'
import { isContext, open, record, refuse } from './epcis-document.ts'
import type { EpcisJson, EpcisShell } from './epcis-export.ts'
import { type Issue, OpsError } from './errors.ts'
import { eventHash } from './event-hash.ts'
import { tryEvent } from './parse-event.ts'
import { deviceOf, ordersOf, severityOf, subjectOf } from './projections.ts'

export interface ImportOptions {
  /** Who imports: the `source` of every event, e.g. `urn:waytrace:{deployment}:import`. */
  source: string
  /** RFC 3339: when the document was taken in. */
  recordedTime: string
  /** The next place in the importer's spool. Called once per accepted event, in order, so that no gap arises. */
  next: () => { spool: string; sequence: string }
  /**
   * For documents this deployment exported itself: an event that carries all of `wt:source`, `wt:recordedTime`,
   * `wt:sequence` and `wt:spool` comes back as it was, not as an imported one. Off for anybody else's documents,
   * which could claim a foreign identity.
   */
  restore?: boolean
}

export interface EpcisImport {
  events: EpcisEvent[]
  /** What did not follow the standard, by its place in the document; the others are not delayed by it. */
  rejected: { index: number; error: OpsError }[]
  /** What else the document held: `toEpcisDocument(events, { shell })` writes it again. */
  shell: EpcisShell
  /** What was read but not kept as events, in words for the person who imports. */
  notes: string[]
}

const TYPE_OF = new Map(Object.entries(EPCIS_TYPES).map(([type, name]) => [name as string, type]))

/**
 * Events of an EPCIS 2.0 JSON document, query document, single event or array of events. Throws
 * `OpsError('INPUT_INVALID')` when it is none of these; a bad event is rejected by itself.
 */
export async function fromEpcisDocument(json: unknown, options: ImportOptions): Promise<EpcisImport> {
  const { shell, list, notes } = open(json)
  const result: EpcisImport = { events: [], rejected: [], shell, notes }
  for (const [index, item] of list.entries()) {
    try {
      result.events.push(await fromEpcisEvent(item, shell.head['@context'], options))
    } catch (error) {
      if (!(error instanceof OpsError)) throw error
      result.rejected.push({ index, error })
    }
  }
  return result
}

/** One EPCIS event with the context of the document around it. Throws `OpsError('EVENT_INVALID')`. */
export async function fromEpcisEvent(json: unknown, context: unknown, options: ImportOptions): Promise<EpcisEvent> {
  const parts = record(json, 'event')
  const { '@context': own, type: name, eventID, eventTime: time, eventTimeZoneOffset: tzoffset, ...data } = parts
  const type = TYPE_OF.get(String(name))
  if (type === undefined) throw refuse('type', `${String(name)} is not one of the five EPCIS 2.0 event types`)
  if (own !== undefined && !isContext(own)) throw refuse('@context', 'must be URIs or objects')
  if (foreignWt(context, own)) throw refuse('@context', 'the prefix wt must mean https://waytrace.dev/ns/')
  const epciscontext = writeNote({
    ...(context === undefined ? {} : { document: context }),
    ...(own === undefined ? {} : { event: own }),
  })
  const envelope = {
    specversion: '1.0',
    // Stands in until the hash is known.
    id: eventID === undefined ? 'ni:///' : eventID,
    source: options.source,
    type,
    time,
    tzoffset,
    datacontenttype: 'application/json',
    dataschema: `https://waytrace.dev/schema/${type.split('.')[1]}/v1`,
    recordedtime: options.recordedTime,
    spool: '-',
    sequence: '0'.repeat(20),
  }
  const restored = options.restore === true ? restore(data) : undefined
  const candidate =
    restored === undefined
      ? {
          ...envelope,
          imported: true,
          ...(eventID === undefined ? { noeventid: true } : {}),
          ...(epciscontext === undefined ? {} : { epciscontext }),
          data,
        }
      : { ...envelope, ...restored }
  const checked = tryEvent(candidate)
  if (!checked.ok) throw invalid(checked.issues)
  const event = checked.value
  if (!isEpcis(event)) throw refuse('type', 'not an EPCIS event')
  if (event.noeventid === true) event.id = await eventHash(parts, context)
  if (restored === undefined) Object.assign(event, options.next())
  return Object.assign(event, projections(event))
}

/** The envelope of an event of our own, out of its `wt:` keys; undefined when one of them is missing. */
function restore(exported: EpcisJson): EpcisJson | undefined {
  const {
    'wt:source': source,
    'wt:recordedTime': recordedtime,
    'wt:sequence': sequence,
    'wt:spool': spool,
    'wt:deviceID': device,
    ...rest
  } = exported
  if ([source, recordedtime, sequence, spool].includes(undefined)) return undefined
  const data = device === undefined ? rest : { ...rest, 'wt:deviceID': device }
  // Validation wants the device id before the projections are made of validated data.
  const deviceid = device ?? guessDevice(rest)
  return { source, recordedtime, sequence, spool, ...(deviceid === undefined ? {} : { deviceid }), data }
}

function guessDevice(data: EpcisJson): string | undefined {
  try {
    return deviceOf(data as Parameters<typeof deviceOf>[0])
  } catch {
    return undefined // malformed sensor lists: validation names the place
  }
}

function projections(event: EpcisEvent) {
  const subject = subjectOf(event.data)
  const orderid = ordersOf(event.data)[0]
  const deviceid = deviceOf(event.data)
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(orderid === undefined ? {} : { orderid }),
    ...(deviceid === undefined ? {} : { deviceid }),
    ...severityOf(event.data),
  }
}

/** Issues under the names the EPCIS document uses, not those of our envelope. */
function invalid(issues: readonly Issue[]): OpsError {
  const names: Record<string, string> = { id: 'eventID', time: 'eventTime', tzoffset: 'eventTimeZoneOffset' }
  const renamed = issues.map(({ path, message }) => ({ path: names[path] ?? path.replace(/^data\./, ''), message }))
  return new OpsError('EVENT_INVALID', `${renamed[0]?.path}: ${renamed[0]?.message}`, { issues: renamed })
}
