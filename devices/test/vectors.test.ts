import { OpsError } from '@waytrace/standard'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Driver, type Observation, parseOptions } from '../src/driver.ts'
import { observationSchema } from '../src/observation.ts'
import { drivers } from '../src/registry.generated.ts'
import { attempt, embedded, hasSource, RECEIVED_AT, readArbitrary, readVectors, type Vector } from './vector-file.ts'

const all: [string, Driver<unknown>][] = Object.entries(drivers)

for (const [model, driver] of all) {
  const { vectors, problem } = vectorsOf(model)
  const good = vectors.filter((v) => v.observations !== undefined)
  const arbitrary = await readArbitrary(model)

  describe(model, () => {
    it('has a vector file that can be read', () => {
      expect(problem).toBeUndefined()
    })

    it('is a well-formed entry of the registry', () => {
      expect(model).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
      expect(driver.model).toBe(model)
      expect(hasSource(model)).toBe(true)
      expect(driver.version).toMatch(/^\d+\.\d+\.\d+$/)
      expect(driver.summary.length).toBeGreaterThan(20)
    })

    it('has a good and a bad vector', () => {
      expect(good.length).toBeGreaterThan(0)
      expect(vectors.filter((v) => v.error === 'FRAME_MALFORMED').length).toBeGreaterThan(0)
    })

    for (const vector of vectors) it(vector.why, () => checkVector(driver, vector))

    if (good.length === 0) return

    it('answers any bytes with valid observations or FRAME_MALFORMED', () =>
      fc.assert(
        fc.property(fc.constantFrom(...good), fc.uint8Array({ maxLength: 300 }), (vector, bytes) =>
          expectOrderly(driver, bytes, vector),
        ),
      ))

    it('answers mutated good frames with valid observations or FRAME_MALFORMED', () =>
      fc.assert(
        fc.property(mutated(good), ({ vector, bytes }) => expectOrderly(driver, bytes, vector)),
        { numRuns: 500 },
      ))

    it('is pure: it leaves the frame alone and gives the same answer again', () => {
      for (const { bytes, options, context } of good) {
        const frame = embedded(bytes)
        const parsed = parseOptions(driver, options)
        const first = driver.decode(frame, context, parsed)
        expect(frame).toEqual(bytes)
        expect(driver.decode(frame, context, parsed)).toEqual(first)
      }
    })

    if (driver.integrity === 'checksum') {
      it('refuses every single-bit flip of a good frame', () => {
        for (const vector of good) {
          for (let bit = 0; bit < vector.bytes.length * 8; bit++) {
            const flipped = flip(vector.bytes, bit)
            expect(attempt(driver, flipped, vector), `${vector.why}: bit ${bit}`).toBeInstanceOf(OpsError)
          }
        }
      })
    }

    if (driver.encode !== undefined) {
      it('reads back what it encodes', () => {
        for (const vector of good) {
          if (vector.encode !== 'none') checkEncode(driver, vector)
        }
      })
    }

    if (arbitrary !== undefined) {
      it('decodes what it encodes, for any observations', () =>
        fc.assert(
          fc.property(arbitrary, ({ observations, options = {}, context = { receivedAt: RECEIVED_AT } }) => {
            const parsed = parseOptions(driver, options)
            const frame = driver.encode?.(observations, parsed) ?? new Uint8Array()
            expect(driver.decode(embedded(frame), context, parsed)).toEqual(observations)
          }),
        ))
    }
  })
}

/** One driver without vectors fails its own test and hides no other. */
function vectorsOf(model: string): { vectors: Vector[]; problem?: unknown } {
  try {
    return { vectors: readVectors(model) }
  } catch (problem) {
    return { vectors: [], problem }
  }
}

function checkVector(driver: Driver<unknown>, vector: Vector): void {
  const result = attempt(driver, vector.bytes, vector)
  if (vector.error === undefined) {
    if (result instanceof OpsError) throw result
    expectValid(result)
    expect(result).toEqual(vector.observations)
    return
  }
  expect(result).toBeInstanceOf(OpsError)
  const { code, message } = result as OpsError
  expect(code).toBe(vector.error)
  if (vector.message !== undefined) expect(message).toContain(vector.message)
}

function checkEncode(driver: Driver<unknown>, { why, options, context, observations, bytes, encode }: Vector): void {
  const parsed = parseOptions(driver, options)
  const frame = driver.encode?.(observations ?? [], parsed) ?? new Uint8Array()
  expect(driver.decode(embedded(frame), context, parsed), why).toEqual(observations)
  if (encode === 'bytes') expect(frame, why).toEqual(bytes)
}

function expectOrderly(driver: Driver<unknown>, bytes: Uint8Array, vector: Vector): void {
  const result = attempt(driver, bytes, vector)
  if (result instanceof OpsError) expect(result.code).toBe('FRAME_MALFORMED')
  else expectValid(result)
}

function expectValid(observations: Observation[]): void {
  for (const observation of observations) {
    const { success, error } = observationSchema.safeParse(observation)
    if (!success) throw new Error(`${JSON.stringify(observation)}: ${error.message}`)
  }
}

/** A good frame with one to four wounds: a flipped bit, a lost, doubled, foreign or cut piece. */
function mutated(good: readonly Vector[]): fc.Arbitrary<{ vector: Vector; bytes: Uint8Array }> {
  const wound = fc.record({
    how: fc.constantFrom('flip', 'cut-end', 'cut-start', 'delete', 'insert', 'replace', 'double'),
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
    bit: fc.nat(7),
  })
  return fc
    .tuple(fc.constantFrom(...good), fc.array(wound, { minLength: 1, maxLength: 4 }))
    .map(([vector, wounds]) => ({ vector, bytes: wounds.reduce(hurt, vector.bytes) }))
}

interface Wound {
  how: string
  place: number
  bytes: Uint8Array
  bit: number
}

function hurt(frame: Uint8Array, { how, place, bytes, bit }: Wound): Uint8Array {
  const at = Math.floor(place * frame.length)
  const head = frame.subarray(0, at)
  const tail = frame.subarray(at)
  if (how === 'flip') return frame.length === 0 ? frame : flip(frame, at * 8 + bit)
  if (how === 'cut-end') return head
  if (how === 'cut-start') return tail
  if (how === 'delete') return join(head, tail.subarray(bytes.length))
  if (how === 'insert') return join(head, bytes, tail)
  if (how === 'replace') return join(head, bytes, tail.subarray(bytes.length))
  return join(frame, tail)
}

function flip(frame: Uint8Array, bit: number): Uint8Array {
  return frame.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
