import { decodeRawRecord, openJournal } from '@waytrace/standard/journal'
import { eventually, startProcess, tempDir } from '@waytrace/standard/testing'
import { connectAsync } from 'mqtt'
import { expect, test } from 'vitest'

const TOPIC = 'wt/v1/wh1/edge1/scanner/s1/evt/scan'
const KILLS = 5
const BEFORE_KILL = [3, 400, 1500, 50, 900]

test('every acknowledged message is in the journal after the broker was killed', async () => {
  const path = tempDir('broker-kill')
  const acknowledged = new Set<string>()
  let sent = 0
  for (let round = 0; round < KILLS; round++) {
    const broker = startProcess(import.meta.url, './broker-process.ts', { args: [path] })
    const port = (await broker.waitForLine(/^port \d+/)).slice(5)
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      username: 'wh1/edge1',
      password: 'secret-word',
      protocolVersion: 4,
      reconnectPeriod: 0,
    })
    client.on('error', () => {})
    let inRound = 0
    let killed = false
    const sender = async () => {
      while (!killed) {
        const name = `${round}-${sent++}`
        try {
          await client.publishAsync(TOPIC, name, { qos: 1 })
        } catch {
          return
        }
        acknowledged.add(name)
        inRound++
      }
    }
    const senders = Promise.all(Array.from({ length: 50 }, sender))
    await eventually(() => inRound >= (BEFORE_KILL[round] ?? 0), { timeoutMs: 30_000 })
    await broker.kill()
    killed = true
    await client.endAsync(true)
    await senders
  }
  const journal = openJournal({ path, maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' })
  const kept = new Set<string>()
  for (const { bytes } of journal.read(1, Number.MAX_SAFE_INTEGER)) {
    const { origin, payload } = decodeRawRecord(bytes)
    if (origin.kind === 'mqtt') kept.add(`${payload}`)
  }
  await journal.close()
  const lost = [...acknowledged].filter((name) => !kept.has(name))
  process.stdout.write(
    `broker killed ${KILLS} times: sent ${sent}, acknowledged ${acknowledged.size}, journalled ${kept.size}, lost ${lost.length}\n`,
  )
  expect(acknowledged.size).toBeGreaterThan(2000)
  expect(lost).toEqual([])
}, 120_000)
