import { eventually } from '@waytrace/standard/testing'
import { expect, test } from 'vitest'
import { RAW_CURSOR } from '../src/index.ts'
import { settled, world } from './harness.ts'

const STATUS = 'wt/v1/wh1/edge1/scanner/scn1/status'

test('statuses read a second time are not news, although a later one lies between', async () => {
  const made = world()
  const first = made.ingest()
  await first.start()
  for (const state of ['ready', 'alert', 'ready']) await made.send(STATUS, { state })
  await settled(first)
  await first.stop()
  const before = made.logged()
  expect(before).toHaveLength(3)

  // As after a crash before the cursor was on disk, or after a restore.
  await made.journal.placeCursor(RAW_CURSOR, { position: 0, required: true })
  const second = made.ingest()
  await second.start()
  await made.send(STATUS, { state: 'alert' })
  await settled(second)
  await eventually(() => made.logged().length > 3)
  expect(made.logged()).toHaveLength(4)
  expect(made.logged().slice(0, 3)).toEqual(before)
  await made.close()
})
