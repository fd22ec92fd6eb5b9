import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Clock, systemClock } from '@waytrace/standard/process'
import { eventually, fakeClock, faultProxy, startProcess, tempDir } from '@waytrace/standard/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { createAgent } from '../src/agent.ts'
import { silentLog, testConfig, urn } from './support/agent-config.ts'
import { fakeIngest } from './support/fake-ingest.ts'
import { fillSpool } from './support/filled-spool.ts'
import { startMosquitto } from './support/mosquitto.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const patience = { timeoutMs: 50_000 }

const scanner = {
  slug: 'scanner-1',
  urn: urn('SCN1'),
  kind: 'scanner',
  link: { type: 'tcp-server', host: '127.0.0.1', port: 0 },
  driver: 'gs1',
  station: 'pick-1',
}
const picking = {
  id: 'pick-1',
  mode: 'observe',
  bizStep: 'picking',
  readPoint: 'https://id.gs1.org/414/9521234000013',
  operator: { required: false },
  duplicateWindowMs: 0,
}

/** An agent that others can name by its data folder. */
function newAgent(url: string, dataDir: string, parts: object = {}, clock: Clock = systemClock()) {
  const agent = createAgent(testConfig(url, parts), { clock, log: silentLog, dataDir })
  stops.push(() => agent.stop())
  return agent
}

describe('the uplink loses nothing and doubles nothing', () => {
  it('drains 70,000 events spooled offline, marked as late, beyond the 65,535 message ids of MQTT', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url, { check: false })
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    const dataDir = tempDir('agent')
    const spool = await fillSpool(dataDir, 70_000)
    const agent = newAgent(broker.url, dataDir)
    await agent.start()
    await eventually(() => ingest.marks.get(spool) === 70_000, patience)
    expect(ingest.events.size).toBe(70_000)
    expect(ingest.received).toBe(70_000)
    expect([...ingest.events.values()].every(({ backfill }) => backfill === true)).toBe(true)
    await eventually(() => agent.stats().spool.depth === 0)
    process.stdout.write(`sent 70000 accepted ${ingest.received} distinct ${ingest.events.size}\n`)
  })

  it('sends live events before the backlog is through, and the mark still becomes contiguous', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url, { check: false })
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    ingest.marking = false
    const dataDir = tempDir('agent')
    const spool = await fillSpool(dataDir, 50_000)
    // The backlog stops at 20,000 unmarked events: what comes then is live and must not wait for it.
    const agent = newAgent(broker.url, dataDir, { devices: [scanner], stations: [picking] })
    await agent.start()
    await eventually(() => ingest.received >= 20_000, patience)
    await scan(agent.addresses()[0]?.port, ['00095212340000000013'])
    const live = await eventually(() => {
      const found = ingest.ofType('waytrace.object.v1').find(({ sequence }) => Number(sequence) === 50_001)
      return found ?? false
    }, patience)
    expect(live.backfill).toBeUndefined()
    expect(ingest.events.size).toBeLessThan(50_000)
    ingest.marking = true
    await scan(agent.addresses()[0]?.port, ['00095212340000000020'])
    await eventually(() => ingest.marks.get(spool) === 50_002, patience)
    expect(ingest.events.size).toBe(50_002)
  })

  it('keeps events through a half-open connection and sends them on the next one', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url)
    const proxy = await faultProxy({ target: { port: broker.port } })
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
      () => proxy.close(),
    )
    const agent = newAgent(`mqtt://127.0.0.1:${proxy.port}`, tempDir('agent'), {
      devices: [scanner],
      stations: [picking],
      uplink: { ackTimeoutMs: 400, keepaliveS: 1 },
    })
    await agent.start()
    const port = agent.addresses()[0]?.port
    await scan(port, ['00095212340000000013'])
    await eventually(() => ingest.events.size === 1)
    proxy.halt()
    await scan(port, ['00095212340000000020', '00095212340000000037'])
    await eventually(() => agent.stats().uplink.connected === false)
    expect(ingest.events.size).toBe(1)
    proxy.pass()
    await eventually(() => agent.stats().spool.depth === 0, patience)
    expect(ingest.events.size).toBe(3)
    expect(ingest.invalid).toEqual([])
  })

  it('sends again what a broker acknowledged and lost', async () => {
    const broker = await startMosquitto()
    const dataDir = tempDir('agent')
    const parts = { devices: [scanner], stations: [picking], uplink: { ackTimeoutMs: 500 } }
    const agent = newAgent(broker.url, dataDir, parts)
    stops.push(() => broker.stop())
    await agent.start()
    await eventually(() => agent.stats().uplink.connected)
    // Nobody listens: mosquitto acknowledges and forgets.
    await scan(agent.addresses()[0]?.port, ['00095212340000000013'])
    await eventually(() => agent.stats().uplink.events >= 1 && agent.stats().uplink.inFlight === 0)
    const ingest = await fakeIngest(broker.url)
    stops.push(() => ingest.stop())
    await eventually(() => agent.stats().spool.depth === 0, patience)
    expect(ingest.events.size).toBe(1)
  })

  it('gives up an event that ingest takes three times and never marks, keeps it, and goes on', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url, { poison: ({ sequence }) => Number(sequence) === 2 })
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    const agent = newAgent(broker.url, tempDir('agent'), {
      devices: [scanner],
      stations: [picking],
      uplink: { ackTimeoutMs: 200 },
    })
    await agent.start()
    await scan(agent.addresses()[0]?.port, ['00095212340000000013', '00095212340000000020', '00095212340000000037'])
    await eventually(() => agent.stats().deadLettered === 1 && agent.stats().spool.depth === 0, patience)
    const [letter] = agent.deadLetters(10)
    expect(letter?.message).toMatch(/00000000000000000002: sent three times/)
    expect(JSON.parse(letter?.bytes.toString('utf8') ?? '{}').subject).toBe('https://id.gs1.org/00/095212340000000020')
    expect(ingest.ofType('waytrace.gap.v1')).toMatchObject([
      { data: { reason: 'undeliverable', fromSequence: '00000000000000000002', toSequence: '00000000000000000002' } },
    ])
    expect(ingest.invalid).toEqual([])
  })

  it('gives up an event that the broker never takes, and goes on with its neighbours', async () => {
    const broker = await startMosquitto(undefined, { lines: ['max_packet_size 3000'] })
    const ingest = await fakeIngest(broker.url)
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    const agent = newAgent(broker.url, tempDir('agent'), {
      devices: [scanner],
      stations: [picking],
      uplink: { ackTimeoutMs: 1000, batchBytes: 2500 },
    })
    await agent.start()
    await scan(agent.addresses()[0]?.port, ['BOX-1', `BOX-${'2'.repeat(3000)}`, 'BOX-3', 'BOX-4'])
    await eventually(() => agent.stats().deadLettered === 1 && agent.stats().spool.depth === 0, patience)
    expect(agent.deadLetters(1)[0]?.message).toMatch(/00000000000000000002: the broker ends the connection/)
    const raws = ingest.ofType('waytrace.object.v1').map(({ subject }) => subject)
    expect(raws.sort()).toEqual(['BOX-1', 'BOX-3', 'BOX-4'].map((code) => `urn:waytrace:code:${code}`))
    expect(ingest.ofType('waytrace.gap.v1')).toMatchObject([{ data: { reason: 'undeliverable' } }])
  })

  it('speaks TLS, and refuses a broker it cannot verify', async () => {
    const folder = tempDir('tls')
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    })
    const broker = await startMosquitto(undefined, { tls: { cert, key } })
    stops.push(() => broker.stop())
    const trusting = newAgent(broker.url, tempDir('agent'), { uplink: { tls: { caFile: cert } } })
    const warnings: string[] = []
    const log = { ...silentLog, warn: (fields: object) => void warnings.push(String((fields as { err?: Error }).err)) }
    const doubting = createAgent(testConfig(broker.url), { clock: systemClock(), log, dataDir: tempDir('agent') })
    stops.push(() => doubting.stop())
    await trusting.start()
    await doubting.start()
    await eventually(() => trusting.stats().uplink.connected)
    await eventually(() => warnings.some((text) => /self-signed certificate/.test(text)))
    expect(doubting.stats().uplink.connections).toBe(0)
  })

  it('gives nothing up while ingest is silent', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url)
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    ingest.marking = false
    const agent = newAgent(broker.url, tempDir('agent'), {
      devices: [scanner],
      stations: [picking],
      uplink: { ackTimeoutMs: 100 },
    })
    await agent.start()
    await scan(agent.addresses()[0]?.port, ['00095212340000000013'])
    await eventually(() => ingest.received >= 4, patience)
    expect(agent.stats().deadLettered).toBe(0)
    ingest.marking = true
    await eventually(() => agent.stats().spool.depth === 0, patience)
    expect(ingest.events.size).toBe(1)
  })

  it('drops the oldest of a full spool and declares exactly what is gone', async () => {
    const broker = await startMosquitto()
    const dataDir = tempDir('agent')
    const agent = newAgent('mqtt://127.0.0.1:1', dataDir, {
      devices: [scanner],
      stations: [picking],
      spool: { maxBytes: 131_072, reserveBytes: 0 },
    })
    await agent.start()
    const labels = Array.from({ length: 400 }, (_, i) => `ITEM-${i}`)
    await scan(agent.addresses()[0]?.port, labels)
    await eventually(() => agent.stats().spool.dropped > 0 && agent.stats().spool.last >= 400)
    await agent.stop()
    const ingest = await fakeIngest(broker.url)
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    const again = newAgent(broker.url, dataDir, { spool: { maxBytes: 131_072, reserveBytes: 0 } })
    await again.start()
    await eventually(() => again.stats().spool.depth === 0, patience)
    const { last } = again.stats().spool
    const gone = new Set<number>()
    for (const gap of ingest.ofType('waytrace.gap.v1'))
      if (gap.type === 'waytrace.gap.v1')
        for (let n = Number(gap.data.fromSequence); n <= Number(gap.data.toSequence); n++) gone.add(n)
    const came = new Set([...ingest.events.values()].map(({ sequence }) => Number(sequence)))
    const missing = Array.from({ length: last }, (_, i) => i + 1).filter((n) => !came.has(n) && !gone.has(n))
    expect(missing).toEqual([])
    expect(gone.size).toBeGreaterThan(0)
    expect([...gone].filter((n) => came.has(n))).toEqual([])
    expect(ingest.invalid).toEqual([])
  })

  it('records a clock that jumps to 1970 with both times, and goes on', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url)
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    const real = systemClock()
    const wall = fakeClock(Date.UTC(2026, 5, 1, 12))
    const clock: Clock = { ...real, now: wall.now, monotonic: () => 0 }
    const agent = newAgent(broker.url, tempDir('agent'), { devices: [scanner], stations: [picking] }, clock)
    await agent.start()
    wall.jumpTo(0)
    const gap = await eventually(() => ingest.ofType('waytrace.gap.v1')[0] ?? false)
    expect(gap).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      data: {
        reason: 'clock-jump',
        clockBefore: '2026-06-01T12:00:00.000Z',
        clockAfter: '1970-01-01T00:00:00.000Z',
      },
    })
    await scan(agent.addresses()[0]?.port, ['00095212340000000013'])
    await eventually(() => agent.stats().spool.depth === 0)
    expect(ingest.invalid).toEqual([])
  })

  it('loses and doubles nothing when its process is killed again and again', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url)
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
    )
    const dataDir = tempDir('agent')
    const file = join(tempDir('config'), 'agent.json')
    const config = testConfig(broker.url, { devices: [scanner], stations: [picking], uplink: { ackTimeoutMs: 1000 } })
    writeFileSync(file, JSON.stringify(config))
    const rounds = 5
    const told: string[] = []
    for (let round = 0; round < rounds; round++) {
      const process = startProcess(import.meta.url, './support/agent-process.ts', { args: [file, dataDir] })
      stops.push(() => process.kill())
      const ready = await process.waitForLine(/^ready/)
      const port = JSON.parse(ready.slice(6))[0].port
      const labels = Array.from({ length: 300 }, (_, i) => `R${round}-${i}`)
      const sent = scan(port, labels).catch(() => undefined)
      // Somewhere in the middle of it: after so many distinct events, different in each round.
      const before = ingest.events.size
      await eventually(() => ingest.events.size >= before + 20 + round * 37, patience)
      await process.kill()
      await sent
      told.push(...labels)
    }
    const last = startProcess(import.meta.url, './support/agent-process.ts', { args: [file, dataDir] })
    stops.push(() => last.kill())
    await last.waitForLine(/^ready/)
    await eventually(() => {
      last.send('stats')
      return depthOf(last.lines) === 0
    }, patience)
    const seen = [...ingest.events.values()]
    const raws = seen.map(({ data }) => (data as { 'wt:scan'?: { 'wt:raw': string } })['wt:scan']?.['wt:raw'])
    const sequences = seen.map(({ sequence }) => Number(sequence)).sort((a, b) => a - b)
    // Each label at most once, and no hole in what the agent took: numbers without gaps, labels of a round without gaps.
    expect(new Set(raws).size).toBe(raws.length)
    expect(sequences).toEqual(sequences.map((_, i) => i + 1))
    for (let round = 0; round < rounds; round++) {
      const taken = raws.filter((raw) => raw?.startsWith(`R${round}-`)).map((raw) => Number(raw?.split('-')[1]))
      expect(taken.sort((a, b) => a - b)).toEqual(taken.map((_, i) => i))
    }
    expect(ingest.invalid).toEqual([])
    process.stdout.write(`scanned ${told.length} taken ${raws.length} received ${ingest.received} lost 0 double 0\n`)
    // Six processes are started from source: on a machine with other work that alone takes a minute.
  }, 240_000)
})

function depthOf(lines: readonly string[]): number | undefined {
  const line = lines.findLast((text) => text.startsWith('stats '))
  return line === undefined ? undefined : JSON.parse(line.slice(6)).spool.depth
}

/** Sends labels as a network scanner does; resolves when the agent's side has closed or all is written. */
function scan(port: number | undefined, labels: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port ?? 0, '127.0.0.1', () => {
      socket.end(labels.map((label) => `${label}\r\n`).join(''))
    })
    socket.once('error', reject)
    socket.once('close', () => resolve())
    socket.resume()
  })
}
