import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BATCH_TOPIC, event, SCAN_TOPIC, settled, world } from './harness.ts'

const TOPICS = [
  SCAN_TOPIC,
  BATCH_TOPIC,
  'wt/v1/wh1/edge1/agent/self/status',
  'wt/v1/wh1/edge1/scanner/scn1/status',
  'wt/v1/wh1/edge1/scanner/scn1/res/reboot',
  'wt/v1/wh1/edge9/scanner/scn1/evt/scan',
  'centre/http',
  '',
]

/** Bytes, text, any JSON, and good events with one value changed. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .record({ key: fc.constantFrom(...Object.keys(event(1))), value: fc.jsonValue(), batch: fc.boolean() })
    .map(({ key, value, batch }) => {
      const mutated = { ...event(1), [key]: value }
      return Buffer.from(JSON.stringify(batch ? [mutated, value] : mutated))
    }),
)

test('ten thousand fuzzed payloads are dead-lettered, and the good ones between them are taken', async () => {
  const made = world()
  const ingest = made.ingest()
  await ingest.start()
  const poison = fc.sample(fc.record({ payload, topic: fc.constantFrom(...TOPICS) }), { numRuns: 10_000, seed: 7 })
  const good = new Set<string>()
  let sends: Promise<unknown>[] = []
  for (const [i, { payload, topic }] of poison.entries()) {
    const origin = topic.startsWith('centre') ? ({ kind: 'centre', name: 'http' } as const) : undefined
    sends.push(made.send(topic, payload, origin))
    if (i % 10 === 0) {
      const fine = event(1000 + i)
      good.add(fine.id)
      sends.push(made.send(SCAN_TOPIC, fine))
    }
    if (sends.length > 500) {
      await Promise.all(sends)
      sends = []
    }
  }
  await Promise.all(sends)
  await settled(ingest)
  const logged = new Set(made.logged().map(({ event }) => event.id))
  const { accepted, deadLettered, duplicates } = ingest.stats()
  process.stdout.write(
    `fuzz: sent ${poison.length} fuzzed and ${good.size} good payloads, accepted ${accepted}, dead-lettered ${deadLettered}, duplicates ${duplicates}\n`,
  )
  expect([...good].filter((id) => !logged.has(id))).toEqual([])
  expect(deadLettered).toBeGreaterThan(7000)
  expect(made.store.rows.size).toBe(logged.size)
  expect(ingest.stats().state).toBe('ok')
  await made.close()
}, 120_000)

test('a value nested a thousand levels deep is refused before anyone walks it', async () => {
  const made = world()
  const ingest = made.ingest()
  await ingest.start()
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const text = JSON.stringify(event(1)).replace('"action"', `"x:deep":${deep},"action"`)
  await made.send(SCAN_TOPIC, text)
  await made.send(SCAN_TOPIC, event(2))
  await settled(ingest)
  expect(made.deadLetters.codes()).toEqual(['EVENT_INVALID'])
  expect(made.logged().length).toBe(1)
  await made.close()
})
