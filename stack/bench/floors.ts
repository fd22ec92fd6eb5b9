import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseBatch } from '@waytrace/standard'
import { openJournal } from '@waytrace/standard/journal'
import { eventually, freePort, startProcess, startProgram, tempDir } from '@waytrace/standard/testing'
import { removeFolder } from './centre.ts'
import { fleet } from './fleet.ts'
import { makeEvent } from './load/events.ts'
import type { Sender } from './load/plan.ts'
import { prepareLoad } from './load/run-load.ts'

export interface JournalLoad {
  entryBytes: number
  entries: number
  /** Entries per append. */
  batch: number
  /** Appends in flight. */
  width: number
}

/** Durable entries a second of the journal alone. */
export async function journalAlone(work: string, { entryBytes, entries, batch, width }: JournalLoad): Promise<number> {
  const path = join(work, 'journal-alone')
  const journal = openJournal({ path, maxBytes: 16e9, reserveBytes: 0, onFull: 'wait' })
  const group = Array.from({ length: batch }, (_, i) => Buffer.alloc(entryBytes, i))
  let left = entries
  const append = async () => {
    while (left > 0) {
      left -= batch
      await journal.appendAll(group)
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: width }, append))
  const seconds = (performance.now() - begun) / 1000
  await journal.close()
  removeFolder(path)
  return entries / seconds
}

/** Events a second of one core that reads JSON and checks it against the standard, and does nothing else. */
export function decodeAndValidateAlone(events: number): number {
  const [sender] = fleet(1)
  if (sender === undefined) return Number.NaN
  const batch = (first: number) =>
    Buffer.from(
      JSON.stringify(Array.from({ length: 50 }, (_, i) => makeEvent(sender, 'floor', first + i, 1.7e12).event)),
    )
  const messages = Array.from({ length: 20 }, (_, i) => batch(1 + i * 50))
  const pass = () => {
    for (const message of messages) for (const { ok } of parseBatch(message)) if (!ok) throw new Error('not valid')
  }
  for (let warm = 0; warm < 5; warm++) pass()
  const begun = performance.now()
  let done = 0
  for (; done < events; done += 1000) pass()
  return (done * 1000) / (performance.now() - begun)
}

/** Messages a second that Mosquitto forwards from the same connections to one subscriber, both QoS 1, kept in memory. */
export async function mosquittoAlone(senders: readonly Sender[], messages: number, window: number): Promise<number> {
  const port = await freePort()
  const file = join(tempDir('bench'), 'mosquitto.conf')
  const limits = ['max_inflight_messages 0', 'max_queued_messages 0', 'set_tcp_nodelay true', 'persistence false']
  writeFileSync(file, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...limits, ''].join('\n'))
  const broker = startProgram('mosquitto', { args: ['-c', file], env: { PATH: `${process.env.PATH}:/usr/sbin` } })
  const subscribe = () => {
    const args = [String(port), String(messages)]
    return startProcess(import.meta.url, './load/subscriber.ts', { args })
  }
  await eventually(() => broker.stderr.includes('running'))
  const subscriber = subscribe()
  await subscriber.waitForLine(/^ready/)
  const anonymous = senders.map((sender) => ({ ...sender, password: '' }))
  const plan = { host: '127.0.0.1', port, senders: anonymous, run: 'floor', events: messages, perMessage: 1, window }
  const load = await prepareLoad(plan)
  const { begunAt } = await load.go()
  const line = await subscriber.waitForLine(/^done /)
  subscriber.send('end')
  await load.end()
  await broker.kill('SIGTERM')
  return (messages * 1000) / (Number(line.slice('done '.length)) - begunAt)
}
