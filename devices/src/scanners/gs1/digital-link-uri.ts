import { OpsError } from '@waytrace/standard'
import { AIS } from './ai-table.ts'
import type { Elements, Parsed } from './element-string.ts'
import { checkRelations, type RelationRules } from './relations.ts'
import { checkValue, type Gs1Fault } from './value.ts'

/** Whether the text can be a web address at all; the scheme is in lower or upper case, never mixed (GS1 DL 4.1). */
export function looksLikeLink(text: string): boolean {
  return /^(?:https?|HTTPS?):\/\//.test(text)
}

/**
 * Reads a GS1 Digital Link URI of any host: `/key/value{/qualifier/value}`, optionally behind a path of the host, with
 * further AIs as query attributes. Attributes that are no AI (`linkType`) and the fragment are left out. Elements come in
 * the order of the URI. A compressed link is refused: expanding one is the resolver's work.
 */
export function parseDigitalLink(text: string, rules: RelationRules): Parsed {
  if (!looksLikeLink(text)) return syntax('the scheme is neither http nor https')
  const match =
    /^[A-Za-z]+:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(\/[^?#\s]*)(?:\?([^#\s]*))?(?:#\S*)?$/.exec(text)
  if (match === null) return syntax('not a web address with a path')
  const [, , path = '', query = ''] = match
  const pairs = [...(pathPairs(path.slice(1).split('/')) ?? [])]
  if (pairs.length === 0) return syntax('no GS1 key and its qualifiers in the path (compressed links are not read)')
  for (const attribute of query.split(/[&;]/)) {
    const [key = '', value = ''] = split(attribute)
    if (!/^\d+$/.test(key)) continue
    if (AIS.get(key)?.attribute !== true) return syntax(`AI ${key} is no query attribute`)
    pairs.push([key, value])
  }
  return check(pairs, rules)
}

/**
 * Writes a Digital Link URI: the first primary key among the elements, its qualifiers in key order, the rest as query
 * attributes. `stem` is the address before the key. Throws INPUT_INVALID if the elements do not make one.
 */
export function digitalLink(elements: Elements, stem = 'https://id.gs1.org'): string {
  const key = elements.find(([ai]) => AIS.get(ai)?.qualifiers !== undefined)
  if (key === undefined) throw new OpsError('INPUT_INVALID', 'no primary key among the elements')
  const value = new Map(elements)
  const sequences = AIS.get(key[0])?.qualifiers ?? []
  const qualifiers = (sequences.find((sequence) => sequence.some((ai) => value.has(ai))) ?? []).filter((ai) =>
    value.has(ai),
  )
  const path = [key[0], ...qualifiers]
  const attributes = elements.filter(([ai]) => !path.includes(ai))
  const wrong = attributes.find(([ai]) => AIS.get(ai)?.attribute !== true)
  if (wrong !== undefined)
    throw new OpsError('INPUT_INVALID', `AI ${wrong[0]} has no place in a Digital Link of AI ${key[0]}`)
  for (const [ai, text] of elements) {
    const entry = AIS.get(ai)
    const fault = entry && checkValue(entry, text)
    if (fault !== undefined) throw new OpsError('INPUT_INVALID', `AI ${ai}: ${fault.why}`)
  }
  const uri = `${stem}/${path.map((ai) => `${ai}/${encodeURIComponent(value.get(ai) ?? '')}`).join('/')}`
  if (attributes.length === 0) return uri
  return `${uri}?${attributes.map(([ai, text]) => `${ai}=${encodeURIComponent(text)}`).join('&')}`
}

/** The pairs behind the stem: the rightmost primary key whose followers are its qualifiers, in one allowed order. */
function pathPairs(segments: readonly string[]): [string, string][] | undefined {
  for (let at = segments.length - 2; at >= 0; at--) {
    const sequences = AIS.get(segments[at] ?? '')?.qualifiers
    if (sequences === undefined || (segments.length - at) % 2 !== 0) continue
    const pairs: [string, string][] = []
    for (let i = at; i < segments.length; i += 2) pairs.push([segments[i] ?? '', segments[i + 1] ?? ''])
    const qualifiers = pairs.slice(1).map(([ai]) => ai)
    if (qualifiers.length === 0 || sequences.some((sequence) => inOrder(qualifiers, sequence))) return pairs
  }
  return undefined
}

function inOrder(qualifiers: readonly string[], sequence: readonly string[]): boolean {
  let at = -1
  return qualifiers.every((ai) => {
    const next = sequence.indexOf(ai, at + 1)
    at = next
    return next !== -1
  })
}

function check(pairs: readonly [ai: string, encoded: string][], rules: RelationRules): Parsed {
  const elements: [string, string][] = []
  let fault: Gs1Fault | undefined
  for (const [ai, encoded] of pairs) {
    const entry = AIS.get(ai)
    const value = percentDecode(encoded)
    if (entry === undefined || value === undefined) return syntax(`AI ${ai}: bad percent encoding`)
    const before = elements.find(([other]) => other === ai)
    if (before !== undefined && before[1] !== value)
      return { fault: { kind: 'relation', ai, why: 'stands twice with different values' } }
    const found = checkValue(entry, value)
    if (found?.kind === 'syntax') return { fault: found }
    fault ??= found
    if (before === undefined) elements.push([ai, value])
  }
  fault ??= checkRelations(elements, rules)
  return fault === undefined ? { elements } : { fault }
}

function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function split(attribute: string): [string, string] {
  const at = attribute.indexOf('=')
  return at === -1 ? [attribute, ''] : [attribute.slice(0, at), attribute.slice(at + 1)]
}

function syntax(why: string): Parsed {
  return { fault: { kind: 'syntax', why } }
}
