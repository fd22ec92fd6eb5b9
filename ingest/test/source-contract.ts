import { eventually } from '@waytrace/standard/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { event, SCAN_TOPIC, sequence, settled, type World, world } from './harness.ts'

/** One way into the raw journal, as the contract drives it. */
export interface SourceUnderTest {
  /** Hands one message to whoever holds it before the raw journal does; resolves when that party has it. */
  publish(topic: string, payload: string): Promise<unknown>
  /** Begins to fill the world's raw journal. */
  open(made: World): Promise<{ close(): Promise<void> }>
  stop(): Promise<void>
}

/** What every source promises: order, nothing lost over a restart, each message once in the log, poison passed on. */
export function sourceContract(name: string, start: () => Promise<SourceUnderTest>): void {
  describe(`the ${name} source`, () => {
    const stops: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop()
    })

    async function begun() {
      const source = await start()
      const made = world()
      const opened = await source.open(made)
      const ingest = made.ingest()
      await ingest.start()
      stops.push(
        () => source.stop(),
        () => made.close(),
        () => opened.close(),
      )
      return { source, made, opened, ingest }
    }

    const numbers = (made: World) => made.logged().map(({ event }) => Number(event.sequence))
    const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

    test('keeps the order in which messages came', async () => {
      const { source, made } = await begun()
      for (const n of upTo(300)) await source.publish(SCAN_TOPIC, JSON.stringify(event(n)))
      await eventually(() => made.log.stats().last === 300)
      expect(numbers(made)).toEqual(upTo(300))
    })

    test('goes on after a restart where it was', async () => {
      const { source, made, opened, ingest } = await begun()
      for (const n of upTo(20)) await source.publish(SCAN_TOPIC, JSON.stringify(event(n)))
      await eventually(() => made.log.stats().last === 20)
      await settled(ingest)
      await ingest.stop()
      await opened.close()
      for (const n of [21, 22, 23]) await source.publish(SCAN_TOPIC, JSON.stringify(event(n)))
      const again = await source.open(made)
      stops.push(() => again.close())
      const second = made.ingest()
      await second.start()
      await eventually(() => made.log.stats().last === 23)
      await settled(second)
      expect(numbers(made)).toEqual(upTo(23))
      expect(made.marks.at(-1)?.sequence).toBe(sequence(23))
    })

    test('passes poison and foreign topics on to the dead letters, and repeats to the dedupe', async () => {
      const { source, made, ingest } = await begun()
      const one = JSON.stringify(event(1))
      await source.publish(SCAN_TOPIC, one)
      await source.publish(SCAN_TOPIC, '\u0000\u0001 not json')
      await source.publish('wt/v1/wh1/nobody/scanner/s1/evt/scan', JSON.stringify(event(2)))
      await source.publish(SCAN_TOPIC, one)
      await source.publish(SCAN_TOPIC, JSON.stringify(event(3)))
      await eventually(() => made.log.stats().last === 2)
      await settled(ingest)
      expect(numbers(made)).toEqual([1, 3])
      expect(made.deadLetters.codes()).toEqual(['EVENT_INVALID', 'IDENTITY_MISMATCH'])
      expect(ingest.stats().duplicates).toBe(1)
    })
  })
}
