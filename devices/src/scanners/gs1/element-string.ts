import { OpsError } from '@waytrace/standard'
import { AIS, type ApplicationIdentifier, aiAt } from './ai-table.ts'
import { checkRelations, type RelationRules } from './relations.ts'
import { checkValue, type Gs1Fault } from './value.ts'

/** The group separator: FNC1 as scanners send it within the data. */
export const GS = '\x1d'

/** Application identifiers and values, in label order. */
export type Elements = readonly (readonly [ai: string, value: string])[]

export type Parsed = { elements: Elements; fault?: undefined } | { fault: Gs1Fault }

/**
 * Reads an element string (GS1 GenSpec 7.8): AIs and values without brackets, separators as 0x1D. A separator behind a
 * value of fixed length or at the end is allowed. Of several faults a syntax fault is told first.
 */
export function parseElementString(data: string, rules: RelationRules): Parsed {
  const elements: [string, string][] = []
  let fault: Gs1Fault | undefined
  let at = 0
  while (at < data.length) {
    const entry = aiAt(data, at)
    if (entry === undefined)
      return { fault: { kind: 'syntax', why: `no application identifier at position ${at + 1}` } }
    const value = valueAt(data, at + entry.ai.length, entry)
    const found = checkValue(entry, value) ?? checkDuplicate(elements, entry.ai, value)
    if (found?.kind === 'syntax') return { fault: found }
    fault ??= found
    if (!elements.some(([ai]) => ai === entry.ai)) elements.push([entry.ai, value])
    at += entry.ai.length + value.length
    if (data[at] === GS) at++
  }
  if (elements.length === 0) return { fault: { kind: 'syntax', why: 'no data' } }
  fault ??= checkRelations(elements, rules)
  return fault === undefined ? { elements } : { fault }
}

function valueAt(data: string, from: number, entry: ApplicationIdentifier): string {
  const separator = data.indexOf(GS, from)
  const end = separator === -1 ? data.length : separator
  return data.slice(from, entry.separator ? end : Math.min(end, from + entry.maxLength))
}

function checkDuplicate(elements: Elements, ai: string, value: string): Gs1Fault | undefined {
  const before = elements.find(([other]) => other === ai)
  if (before === undefined || before[1] === value) return undefined
  return { kind: 'relation', ai, why: 'stands twice with different values' }
}

/**
 * Writes an element string: the inverse of `parseElementString`. Values of fixed length need no separator, so put them
 * first for the shortest symbol. Throws INPUT_INVALID naming the AI when a value is not valid.
 */
export function elementString(elements: Elements): string {
  let out = ''
  for (const [i, [ai, value]] of elements.entries()) {
    const entry = AIS.get(ai)
    const fault: Gs1Fault | undefined =
      entry === undefined ? { kind: 'syntax', ai, why: 'no such application identifier' } : checkValue(entry, value)
    if (fault !== undefined) throw new OpsError('INPUT_INVALID', `AI ${ai}: ${fault.why}`)
    out += ai + value
    if (entry?.separator === true && i < elements.length - 1) out += GS
  }
  return out
}
