import { AIS } from './ai-table.ts'
import type { Gs1Fault } from './value.ts'

export interface RelationRules {
  /** Judge which AIs need others by this symbol alone. Off where a label spreads its elements over several symbols. */
  requires: boolean
}

/** Which AIs an AI needs or excludes among those of the symbol; undefined if all is well. */
export function checkRelations(
  elements: readonly (readonly [ai: string, value: string])[],
  rules: RelationRules,
): Gs1Fault | undefined {
  const present = elements.map(([ai]) => ai)
  for (const ai of present) {
    const entry = AIS.get(ai)
    const excluded = entry?.excludes.flatMap((pattern) =>
      present.filter((other) => other !== ai && matches(other, pattern)),
    )
    if (excluded?.[0] !== undefined) return { kind: 'relation', ai, why: `must not stand beside AI ${excluded[0]}` }
    const missing =
      rules.requires && entry?.requires.find((group) => !group.some((all) => all.every((p) => has(present, p))))
    if (missing) {
      return { kind: 'relation', ai, why: `needs AI ${missing.map((all) => all.join(' with ')).join(' or ')}` }
    }
  }
  return undefined
}

function has(present: readonly string[], pattern: string): boolean {
  return present.some((ai) => matches(ai, pattern))
}

/** `n` in a pattern is any digit. */
function matches(ai: string, pattern: string): boolean {
  if (ai.length !== pattern.length) return false
  for (let i = 0; i < ai.length; i++) if (pattern[i] !== 'n' && pattern[i] !== ai[i]) return false
  return true
}
