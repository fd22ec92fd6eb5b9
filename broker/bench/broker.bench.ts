import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { eventually, freePort, startProcess, startProgram, tempDir } from '@waytrace/standard/testing'

export interface BenchFigure {
  name: string
  value: number
  unit: string
  /** What it is compared with, measured in the same run. */
  floor?: number
  floorName?: string
}

interface Load {
  rate: number
  p50: number
  p99: number
}

const FLOOR = 'mosquitto, which acknowledges before the disk'

/**
 * Publish -> PUBACK latency at a steady 5,000 messages a second, and the highest rate, both with 100 connections.
 * Broker and publishers are processes of their own; payloads of 800 bytes, QoS 1, journal on disk.
 */
export async function benchBroker(seconds = 5): Promise<BenchFigure[]> {
  const path = tempDir('bench-broker')
  const own = startProcess(import.meta.url, './broker-process.ts', { args: [join(path, 'journal')] })
  const port = Number((await own.waitForLine(/^port \d+/)).slice(5))
  const steady = await load(port, 5000, seconds)
  const flat = await load(port, 0, seconds)
  await own.kill('SIGTERM')
  const floor = await mosquitto(path, seconds)
  const journalled = journalledIn(join(path, 'journal'))
  rmSync(path, { recursive: true, force: true })
  const floorName = FLOOR
  return [
    {
      name: 'broker: publish to PUBACK at 5,000 msg/s, p50',
      value: steady.p50,
      unit: 'ms',
      floor: floor.steady.p50,
      floorName,
    },
    {
      name: 'broker: publish to PUBACK at 5,000 msg/s, p99',
      value: steady.p99,
      unit: 'ms',
      floor: floor.steady.p99,
      floorName,
    },
    { name: 'broker: steady rate reached', value: steady.rate, unit: 'msg/s', floor: floor.steady.rate, floorName },
    {
      name: 'broker: highest rate, 100 connections',
      value: flat.rate,
      unit: 'msg/s',
      floor: floor.flat.rate,
      floorName,
    },
    { name: 'broker: messages in the journal', value: journalled, unit: 'messages' },
  ]
}

/** `rate` 0: as fast as 10 messages in flight per connection allow. */
async function load(port: number, rate: number, seconds: number): Promise<Load> {
  const publisher = startProcess(import.meta.url, './publishers.ts', { args: [`${port}`, `${rate}`, `${seconds}`] })
  const line = await publisher.waitForLine(/^\{/)
  await publisher.exited
  return JSON.parse(line)
}

async function mosquitto(path: string, seconds: number): Promise<{ steady: Load; flat: Load }> {
  const port = await freePort()
  const { writeFileSync } = await import('node:fs')
  const config = join(path, 'mosquitto.conf')
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`)
  const broker = startProgram('/usr/sbin/mosquitto', { args: ['-c', config] })
  await eventually(() => /mosquitto version .* running/.test(broker.stderr))
  const steady = await load(port, 5000, seconds)
  const flat = await load(port, 0, seconds)
  await broker.kill()
  return { steady, flat }
}

function journalledIn(path: string): number {
  const journal = openJournal({ path, maxBytes: 8e9, reserveBytes: 0, onFull: 'wait' }, { clock: systemClock() })
  const { last } = journal.stats()
  void journal.close()
  return last
}
