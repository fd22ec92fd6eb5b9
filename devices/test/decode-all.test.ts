import { describe, expect, it } from 'vitest'
import { decode } from '../src/decode.ts'
import { drivers } from '../src/registry.generated.ts'
import { readVectors } from './vector-file.ts'

/** Options as a command line can give them: `--option key=value`. */
function asTexts(options: unknown): Record<string, string> {
  const entries = Object.entries((options ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

describe.each(Object.keys(drivers))('%s by its name, with options as text', (driver) => {
  const good = readVectors(driver).filter((vector) => vector.observations !== undefined)

  it.each(good.map((vector) => [vector.why, vector] as const))('%s', (_, { bytes, options, context, observations }) => {
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    expect(decode({ driver, frame: { hex }, options: asTexts(options), context })).toEqual(observations)
  })
})
