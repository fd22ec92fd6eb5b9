import { join } from 'node:path'
import { decodeLogRecord, encodeRawRecord, openJournal } from '@waytrace/standard/journal'
import { eventually, type StartedProcess, startProcess, tempDir } from '@waytrace/standard/testing'
import { embeddedStore, openKnowledge } from '@waytrace/store'
import { expect, test } from 'vitest'
import { BATCH_TOPIC, ENROLMENT, event, sequence } from './harness.ts'

const EVENTS = 20_000
const BATCH = 20
/** Progress at which the process is killed: some right after a restart, while it still catches up. */
const KILL_AT = [1, 700, 750, 4000, 9000, 9001, 14_000, 19_500]
const LIMITS = { maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' as const }

test('ingest that is killed at any moment loses nothing and doubles nothing', async () => {
  const path = tempDir('ingest-kill')
  const knowledge = await openKnowledge(join(path, 'store'))
  await knowledge.identities.enrol(ENROLMENT)
  const journal = openJournal({ ...LIMITS, path: join(path, 'journal') })
  const log = openJournal({ ...LIMITS, path: join(path, 'log') })
  const events = Array.from({ length: EVENTS }, (_, i) => event(i + 1))
  let sent = 0
  const send = async (from: number) => {
    const payload = Buffer.from(JSON.stringify(events.slice(from, from + BATCH)))
    sent++
    await journal.append(
      encodeRawRecord({
        receivedAt: Date.UTC(2026, 0, 15),
        origin: { kind: 'mqtt', name: 'wh1/edge1' },
        topic: BATCH_TOPIC,
        payload,
      }),
    )
  }
  const sending = (async () => {
    for (let from = 0; from < EVENTS; from += BATCH) {
      await send(from)
      // What an agent sends again after a time-out.
      if (from % 200 === 0) await send(Math.max(0, from - 10 * BATCH))
    }
  })()

  let child: StartedProcess | undefined
  for (const at of KILL_AT) {
    child = startProcess(import.meta.url, './ingest-process.ts', { args: [path] })
    await child.waitForLine(/^started/)
    await eventually(() => log.stats().last >= at, { timeoutMs: 60_000, intervalMs: 1 })
    await child.kill()
  }
  child = startProcess(import.meta.url, './ingest-process.ts', { args: [path] })
  await sending
  await child.waitForLine(new RegExp(`^mark ${sequence(EVENTS)}`))
  await eventually(() => log.stats().cursors.store?.position === log.stats().last, { timeoutMs: 60_000 })
  child.send('stop')
  expect(await child.exited).toBe(0)

  const ids = new Set<string>()
  let accepted = 0
  for (const { bytes } of log.read(1, Number.MAX_SAFE_INTEGER)) {
    ids.add(decodeLogRecord(bytes).event.id)
    accepted++
  }
  const store = embeddedStore(join(path, 'store'))
  const stored = await store.count()
  process.stdout.write(
    `ingest killed ${KILL_AT.length} times: sent ${EVENTS} events in ${sent} messages, accepted ${accepted}, stored ${stored}, lost ${EVENTS - ids.size}, double ${accepted - ids.size}\n`,
  )
  expect(ids.size).toBe(EVENTS)
  expect(accepted).toBe(EVENTS)
  expect(stored).toBe(EVENTS)
  expect(knowledge.deadLetters.count()).toBe(0)
  await store.close()
  await knowledge.close()
  await journal.close()
  await log.close()
}, 180_000)
