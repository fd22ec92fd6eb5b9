import type { ApplicationIdentifier, CharacterSet, Part } from './ai-table.ts'
import { LINTERS } from './linters.ts'

/**
 * Why data is not a set of GS1 elements. `syntax`: no such AI, wrong length or characters; `check-digit`: all in order
 * but for a check digit; `value`: a date, code or number that cannot be; `relation`: AIs that need or exclude others.
 */
export interface Gs1Fault {
  kind: 'syntax' | 'check-digit' | 'value' | 'relation'
  ai?: string
  why: string
}

const SETS: Record<CharacterSet, { pattern: RegExp; name: string }> = {
  N: { pattern: /^\d*$/, name: 'digits' },
  X: { pattern: /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/, name: 'characters of CSET 82' },
  Y: { pattern: /^[#\-/0-9A-Z]*$/, name: 'characters of CSET 39' },
  Z: { pattern: /^[\w-]*={0,2}$/, name: 'base64url' },
}

/** What is wrong with the value of an AI by itself; undefined if nothing is. */
export function checkValue(
  { ai, parts, minLength, maxLength }: ApplicationIdentifier,
  value: string,
): Gs1Fault | undefined {
  const length = value.length
  if (length < minLength || length > maxLength)
    return { kind: 'syntax', ai, why: lengthFault(length, minLength, maxLength) }
  let at = 0
  let fault: Gs1Fault | undefined
  for (const part of parts) {
    if (part.optional && at === length) continue
    const text = value.slice(at, at + part.max)
    at += text.length
    const found = checkPart(ai, part, text)
    if (found?.kind === 'syntax') return found
    fault ??= found
  }
  return fault
}

function checkPart(ai: string, { set, min, linters }: Part, text: string): Gs1Fault | undefined {
  if (text.length < min) return { kind: 'syntax', ai, why: 'ends within a part of the value' }
  if (!SETS[set].pattern.test(text)) return { kind: 'syntax', ai, why: `only ${SETS[set].name} may stand here` }
  const failed = linters.find((name) => !LINTERS[name].valid(text))
  if (failed === undefined) return undefined
  const kind = failed === 'csum' || failed === 'csumalpha' ? 'check-digit' : 'value'
  return { kind, ai, why: LINTERS[failed].fault }
}

function lengthFault(length: number, min: number, max: number): string {
  return `${length} characters, wants ${min === max ? min : `${min} to ${max}`}`
}
