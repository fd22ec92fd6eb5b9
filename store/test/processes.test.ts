import { eventually, exampleOrder, startProcess, tempDir } from '@waytrace/standard/testing'
import { expect, onTestFinished, test } from 'vitest'
import { embeddedStore, openKnowledge } from '../src/index.ts'

function acknowledged(lines: readonly string[]): number {
  return Number(lines.at(-1)?.split(' ')[1] ?? 0)
}

test('a reader in another process sees each acknowledged write while one writes, and all of them after a kill -9', async () => {
  const path = tempDir('processes')
  const writer = startProcess(import.meta.url, './writer-process.ts', { args: [path] })
  onTestFinished(() => void writer.kill())
  await writer.waitForLine(/acknowledged/)
  const store = embeddedStore(path)
  const known = await openKnowledge(path)
  onTestFinished(async () => {
    await store.close()
    await known.close()
  })
  for (let look = 0; look < 20; look++) {
    const before = acknowledged(writer.lines)
    expect(await store.count()).toBeGreaterThanOrEqual(before)
    expect(known.projection.appliedTo).toBeGreaterThanOrEqual(before)
    await eventually(() => acknowledged(writer.lines) > before)
  }
  await writer.kill('SIGKILL')
  const last = acknowledged(writer.lines)
  const stored = await store.count()
  expect(stored).toBeGreaterThanOrEqual(last)
  expect(known.projection.appliedTo).toBeGreaterThanOrEqual(last)
  // A batch is there whole or not at all, each event once.
  expect(stored % 50).toBe(0)
  expect(known.projection.appliedTo % 50).toBe(0)
  const events = await store.eventsOfOrder(exampleOrder(3))
  expect(new Set(events.map(({ position }) => position)).size).toBe(events.length)
  expect(events.length).toBe(Math.floor((stored + 40 - 3) / 40))
  const again = startProcess(import.meta.url, './writer-process.ts', { args: [path] })
  onTestFinished(() => void again.kill())
  await again.waitForLine(/acknowledged/)
  await again.kill()
  expect(await store.count()).toBeGreaterThan(last)
})
