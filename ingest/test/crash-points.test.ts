import { OpsError } from '@waytrace/standard'
import type { Cursor, Journal } from '@waytrace/standard/journal'
import { eventually } from '@waytrace/standard/testing'
import { afterEach, expect, test } from 'vitest'
import type { IngestPorts } from '../src/index.ts'
import { BATCH_TOPIC, event, SCAN_TOPIC, sequence, settled, type World, world } from './harness.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close()
})

const crash = () => new OpsError('DISK_FULL', 'the process ended here')

/** Where the process dies in one batch's way to the disk; each makes the ports of a process that dies there. */
const POINTS: Record<string, (made: World) => Partial<IngestPorts>> = {
  'before the dead letters are written': (made) => ({
    knowledge: { ...made.ports.knowledge, deadLetters: { add: () => Promise.reject(crash()) } },
  }),
  'after the dead letters, before the log': (made) => ({
    log: with_(made.log, { appendAll: () => Promise.reject(crash()) }),
  }),
  'after the flush of the log': (made) => ({
    log: with_(made.log, { appendAll: (entries) => made.log.appendAll(entries).then(() => Promise.reject(crash())) }),
  }),
  'after the dedupe set and the marks': (made) => ({
    journal: dyingCursor(made.journal, () => Promise.reject(crash())),
  }),
  'after the raw cursor, before the mark goes out': (made) => ({
    journal: dyingCursor(made.journal, (cursor, to) => cursor.commit(to).then(() => Promise.reject(crash()))),
  }),
}

function with_(journal: Journal, changed: Partial<Journal>): Journal {
  return { ...journal, ...changed }
}

function dyingCursor(journal: Journal, commit: (cursor: Cursor, to: number) => Promise<void>): Journal {
  return with_(journal, {
    async cursor(name, options) {
      const cursor = await journal.cursor(name, options)
      return {
        name,
        get position() {
          return cursor.position
        },
        read: (max, after) => cursor.read(max, after),
        skipLost: () => cursor.skipLost(),
        commit: (to) => commit(cursor, to),
      }
    },
  })
}

test.each(Object.keys(POINTS))('a crash %s loses nothing and doubles nothing', async (point) => {
  const first = world()
  worlds.push(first)
  // A batch with everything in it: good ones, a duplicate, poison, a birth.
  const status = { state: 'ready', bootid: 'b1', seq: 1, time: '2026-01-15T08:00:00Z', devices: [] }
  const scan = event(1)
  await first.send(SCAN_TOPIC, scan)
  await first.send(BATCH_TOPIC, [event(2), scan, { ...event(3), data: {} }, event(4)])
  await first.send('wt/v1/wh1/edge1/agent/self/status', status)
  let ended = false
  const dying = first.ingest(
    {},
    {
      ...POINTS[point]?.(first),
      onFatal: () => {
        ended = true
      },
    },
  )
  await dying.start()
  await eventually(() => ended)
  await dying.stop()

  const second = world(first.path)
  worlds.push(second)
  const ingest = second.ingest({}, { knowledge: first.ports.knowledge, stores: first.ports.stores })
  await ingest.start()
  await second.send(SCAN_TOPIC, event(5))
  await settled(ingest)
  const logged = second.logged()
  const ids = new Set(logged.map(({ event }) => event.id))
  process.stdout.write(`crash ${point}: sent 7, accepted ${logged.length}, stored ${first.store.rows.size}\n`)
  expect(logged.map(({ event }) => event.type)).toEqual([
    'waytrace.object.v1',
    'waytrace.object.v1',
    'waytrace.object.v1',
    'waytrace.health.v1',
    'waytrace.object.v1',
  ])
  expect(ids.size).toBe(5)
  expect(first.store.rows.size).toBe(5)
  expect(first.deadLetters.codes()).toEqual(['EVENT_INVALID'])
  expect(second.marks.at(-1)).toMatchObject({ spool: 'spool-a', sequence: sequence(5) })
})
