import { OpsError } from './errors.ts'

/** The JSON-LD context every EPCIS 2.0 document begins with. */
export const GS1_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
/** The namespace of our extensions and the context entry that declares it. */
export const WT_NAMESPACE = 'https://waytrace.dev/ns/'
const WT_CONTEXT = { wt: WT_NAMESPACE } as const

/** Namespaces the GS1 context declares by itself (CBV 2.0, event hash rule 15). */
const WELL_KNOWN = {
  gs1: 'https://gs1.org/voc/',
  cbv: 'https://ref.gs1.org/cbv/',
  epcis: 'https://ref.gs1.org/epcis/',
  cbvmda: 'urn:epcglobal:cbv:mda:',
}

/**
 * Where the context of an imported event stood: on its document, on the event itself, or both. Kept as JSON text in the
 * envelope's `epciscontext`, because a CloudEvents attribute cannot hold an object and `data` has no `@context`.
 */
export interface ContextNote {
  document?: unknown
  event?: unknown
}

export function writeNote(note: ContextNote): string | undefined {
  return note.document === undefined && note.event === undefined ? undefined : JSON.stringify(note)
}

/** Throws `OpsError('EVENT_INVALID')` when an event's note is not the JSON that import writes. */
export function readNote(text: string | undefined): ContextNote {
  if (text === undefined) return {}
  try {
    const note: unknown = JSON.parse(text)
    if (typeof note === 'object' && note !== null && !Array.isArray(note)) return note
  } catch (cause) {
    throw new OpsError('EVENT_INVALID', 'epciscontext is not JSON', { cause })
  }
  throw new OpsError('EVENT_INVALID', 'epciscontext is not a JSON object')
}

export function entries(context: unknown): unknown[] {
  if (context === undefined) return []
  return Array.isArray(context) ? context : [context]
}

/** Prefix -> namespace of a context and of the GS1 context; what a remote context declares is not known here. */
export function namespaces(...contexts: readonly unknown[]): Map<string, string> {
  const found = new Map(Object.entries(WELL_KNOWN))
  for (const entry of contexts.flatMap(entries)) {
    if (typeof entry !== 'object' || entry === null) continue
    for (const [prefix, meaning] of Object.entries(entry)) {
      const id: unknown =
        typeof meaning === 'object' && meaning !== null ? (meaning as { '@id'?: unknown })['@id'] : meaning
      if (typeof id === 'string' && !prefix.startsWith('@')) found.set(prefix, id)
    }
  }
  return found
}

/** Whether the prefix of our extensions stands for something else here: then `wt:` keys must not be read as ours. */
export function foreignWt(...contexts: readonly unknown[]): boolean {
  const bound = namespaces(...contexts).get('wt')
  return bound !== undefined && bound !== WT_NAMESPACE
}

/** One document context out of many. Events whose prefixes contradict it must carry their own. */
export class ContextMerger {
  readonly #list: unknown[] = []
  readonly #seen = new Set<string>()
  readonly #bound = new Map<string, string>()

  constructor() {
    this.add(GS1_CONTEXT)
  }

  addOurs(): boolean {
    return this.add(WT_CONTEXT)
  }

  /** Adds a context unless one of its prefixes already means something else; says whether it did. */
  add(context: unknown): boolean {
    const fresh = entries(context).filter((entry) => !this.#seen.has(JSON.stringify(entry)))
    const bindings: [string, string][] = []
    for (const entry of fresh) {
      if (typeof entry !== 'object' || entry === null) continue
      for (const [prefix, meaning] of Object.entries(entry)) bindings.push([prefix, JSON.stringify(meaning)])
    }
    if (bindings.some(([prefix, meaning]) => (this.#bound.get(prefix) ?? meaning) !== meaning)) return false
    for (const [prefix, meaning] of bindings) this.#bound.set(prefix, meaning)
    for (const entry of fresh) {
      this.#seen.add(JSON.stringify(entry))
      this.#list.push(entry)
    }
    return true
  }

  context(): unknown[] {
    return [...this.#list]
  }
}
