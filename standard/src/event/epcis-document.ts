import { z } from 'zod'
import type { EpcisJson, EpcisShell } from './epcis-export.ts'
import { OpsError } from './errors.ts'
import { issuesOf } from './parse-event.ts'
import { isoTime, isUri } from './primitives.ts'

const isSet = (list: readonly unknown[]) => new Set(list.map((item) => JSON.stringify(item))).size === list.length
const contextEntry = z.union([z.string().refine(isUri), z.record(z.string(), z.unknown())])
const context = z.union([contextEntry, z.array(contextEntry).refine(isSet, 'must not repeat an entry')])
const head = {
  '@context': context,
  id: z.string().refine(isUri, 'must be a URI').optional(),
  creationDate: isoTime,
  schemaVersion: z.string().regex(/^\d+(\.\d+)*$/, 'must be a version like 2.0'),
}
const held = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
const documentHead = z.looseObject({
  ...head,
  type: z.literal('EPCISDocument'),
  epcisBody: z.looseObject({ eventList: held.optional(), event: z.unknown().optional() }),
})
const queryHead = z.looseObject({
  ...head,
  creationDate: isoTime.optional(),
  schemaVersion: head.schemaVersion.optional(),
  type: z.literal('EPCISQueryDocument'),
  epcisBody: z.looseObject({
    queryResults: z.looseObject({ queryName: z.string(), resultsBody: z.looseObject({ eventList: held }) }),
  }),
})

/** A document taken apart: its events, and what stood around them. */
export interface Opened {
  shell: EpcisShell
  list: unknown[]
  notes: string[]
}

/** Throws `OpsError('INPUT_INVALID')` for what is neither an EPCIS document nor an event. */
export function open(json: unknown): Opened {
  if (Array.isArray(json)) return { shell: { kind: 'none', place: 'array', head: {} }, list: json, notes: [] }
  const { type } = record(json, 'document')
  if (type === 'EPCISDocument') {
    const { epcisBody, ...rest } = checked(documentHead, json)
    const { eventList, event, ...body } = epcisBody
    const place = event !== undefined ? 'event' : Array.isArray(eventList) ? 'list' : 'single'
    const list = event !== undefined ? [event] : Array.isArray(eventList) ? eventList : [eventList]
    if (event === undefined && eventList === undefined) throw refuse('epcisBody.eventList', 'missing', 'INPUT_INVALID')
    return {
      shell: { kind: type, place, head: { ...rest, epcisBody: body } },
      list,
      notes: masterData(rest.epcisHeader),
    }
  }
  if (type === 'EPCISQueryDocument') {
    const { epcisBody, ...rest } = checked(queryHead, json)
    const { eventList, ...resultsBody } = epcisBody.queryResults.resultsBody
    const queryResults = { ...epcisBody.queryResults, resultsBody }
    const single = !Array.isArray(eventList)
    return {
      shell: {
        kind: type,
        place: single ? 'single' : 'list',
        head: { ...rest, epcisBody: { ...epcisBody, queryResults } },
      },
      list: single ? [eventList] : eventList,
      notes: masterData(rest.epcisHeader),
    }
  }
  return { shell: { kind: 'none', place: 'bare', head: {} }, list: [json], notes: [] }
}

/** Says aloud that master data is not stored: the events refer to it by URI, and the shell carries it through. */
function masterData(header: unknown): string[] {
  const lists = z.object({ epcisMasterData: z.object({ vocabularyList: z.array(z.unknown()) }) }).safeParse(header)
  if (!lists.success) return []
  const count = lists.data.epcisMasterData.vocabularyList.length
  return [`epcisHeader: ${count} master data vocabularies are not stored; events keep referring to them by URI.`]
}

/** Whether this may stand as `@context`: URIs and objects, one or several. */
export function isContext(value: unknown): boolean {
  return context.safeParse(value).success
}

function checked<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issues = issuesOf(parsed.error)
  throw new OpsError('INPUT_INVALID', `not an EPCIS document: ${issues[0]?.path}: ${issues[0]?.message}`, { issues })
}

export function record(json: unknown, what: string): EpcisJson {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as EpcisJson
  throw refuse('', `an EPCIS ${what} must be a JSON object`, what === 'event' ? 'EVENT_INVALID' : 'INPUT_INVALID')
}

export function refuse(
  path: string,
  message: string,
  code: 'EVENT_INVALID' | 'INPUT_INVALID' = 'EVENT_INVALID',
): OpsError {
  return new OpsError(code, path === '' ? message : `${path}: ${message}`, { issues: [{ path, message }] })
}
