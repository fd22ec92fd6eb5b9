import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeLogRecord } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { eventually, exampleOrder, startProcess, tempDir } from '@waytrace/standard/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backup } from '../src/backup/backup.ts'
import { deadHolds, holdTrimming } from '../src/backup/hold.ts'
import type { Manifest } from '../src/backup/manifest.ts'
import { restore } from '../src/backup/restore.ts'
import { type DataFolder, openDataFolder } from '../src/data-folder.ts'
import { settings } from '../src/settings.ts'
import { waytrace } from './cli.ts'
import { settle, startIngest } from './ingest-process.ts'

const path = tempDir('backup')
const live = join(path, 'live')
const copy = join(path, 'copy')

/** Messages acknowledged before the backup began, and what they were. */
let before = { accepted: 0, sequence: 0 }
let manifest: Manifest

beforeAll(async () => {
  const feeder = startProcess(import.meta.url, './feeder.fixture.ts', { args: [live], cwd: path })
  await eventually(() => feeder.lines.length > 0)
  const ingest = await startIngest(live)
  const said = () => {
    const [, accepted = '0', sequence = '0'] = /accepted (\d+) sequence (\d+)/.exec(feeder.lines.at(-1) ?? '') ?? []
    return { accepted: Number(accepted), sequence: Number(sequence) }
  }
  await eventually(() => said().accepted >= 3000, { timeoutMs: 50_000 })
  before = said()
  const { code, stdout, stderr } = await waytrace(['backup', copy, '--data', live, '--json'], { cwd: path })
  expect(stderr).not.toContain('Error')
  expect(code).toBe(0)
  manifest = JSON.parse(stdout)
  // It was fed all the while.
  const after = said()
  expect(after.accepted).toBeGreaterThan(before.accepted)
  await eventually(() => said().accepted > after.accepted)
  feeder.send('stop')
  expect(await feeder.exited).toBe(0)
  expect(await ingest.kill('SIGTERM')).toBe(0)
})

describe('a backup made under load', () => {
  let folder: DataFolder
  const data = join(path, 'restored')

  beforeAll(async () => {
    const { code, stderr } = await waytrace(['restore', copy, '--data', data], { cwd: path })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    folder = await openDataFolder(settings({ data }), systemClock())
    await settle(data, folder)
  })
  afterAll(() => folder.close())

  it('holds every event acknowledged before it began exactly once, numbered without gaps', () => {
    const { items, positions } = logged(folder)
    const sequences = items.filter(({ event }) => event.spool === 'spool-a').map(({ event }) => Number(event.sequence))
    expect(sequences.length).toBeGreaterThanOrEqual(before.sequence)
    expect(new Set(sequences).size).toBe(sequences.length)
    expect([...sequences].sort((a, b) => a - b).slice(0, before.sequence)).toEqual(
      Array.from({ length: before.sequence }, (_, i) => i + 1),
    )
    expect(positions).toEqual(positions.map((_, i) => i + 1))
    expect(new Set(items.map(({ event }) => event.id)).size).toBe(items.length)
  })

  it('states each change of a device once', () => {
    const numbers = logged(folder)
      .items.filter(({ event }) => event.type === 'waytrace.health.v1')
      .map(({ event }) => (event.data as { n?: number }).n)
    expect(numbers.length).toBeGreaterThanOrEqual(Math.floor(before.accepted / 60))
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  it('keeps the bytes of every dead letter', () => {
    const letters = new Set<string>()
    let after: string | undefined
    do {
      const page = folder.knowledge.deadLetters.list({ limit: 500, after })
      for (const { payload } of page.items) letters.add(Buffer.from(payload).toString())
      after = page.next
    } while (after !== undefined)
    for (let n = 50; n <= before.accepted; n += 50) expect(letters).toContain(`poison ${n}`)
  })

  it('gives the same store and the same orders as its log read from the beginning', async () => {
    const { items } = logged(folder)
    expect(await folder.events.count()).toBe(items.length)
    const orders = () => Array.from({ length: 200 }, (_, n) => folder.knowledge.orders.order(exampleOrder(n)))
    const restored = orders()
    expect(restored.filter((order) => order !== undefined)).toHaveLength(200)
    await folder.knowledge.rebuild()
    await folder.knowledge.projection.apply(items)
    expect(orders()).toEqual(restored)
  })

  it('says in its manifest what it is and what it is not', () => {
    expect(manifest.files.map((file) => file.path)).toEqual([
      'dedupe/data.mdb',
      'store/data.mdb',
      'log/data.mdb',
      'journal/data.mdb',
      'secrets.json',
    ])
    expect(manifest.note).toContain('InfluxDB')
    expect(Object.keys(manifest.journal.cursors)).toEqual(['ingest'])
    expect(statSync(join(copy, 'secrets.json')).mode & 0o077).toBe(0)
  })
})

describe('a restore', () => {
  it('keeps the influx cursor as it was copied and puts the others back', async () => {
    const data = join(path, 'influx')
    const config = settings({ data })
    let folder = await openDataFolder(config, systemClock())
    await folder.acceptedLog.appendAll([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')])
    for (const name of ['store', 'influx']) await (await folder.acceptedLog.cursor(name, { required: true })).commit(1)
    const target = join(path, 'influx-copy')
    const clock = systemClock()
    await backup(config, target, {
      clock,
      version: '0',
      progress: (text) => {
        // While the first folder is copied, both consumers go on.
        if (!text.startsWith('dedupe') && !text.startsWith('store')) return
        for (const name of ['store', 'influx'])
          void folder.acceptedLog.cursor(name, { required: true }).then((cursor) => cursor.commit(3))
      },
    })
    await folder.close()
    const restored = join(path, 'influx-restored')
    expect((await waytrace(['restore', target, '--data', restored], { cwd: path })).code).toBe(0)
    folder = await openDataFolder(settings({ data: restored }), clock)
    expect(folder.acceptedLog.stats().cursors).toEqual({
      store: { position: 1, required: true },
      influx: { position: 3, required: true },
    })
    await folder.close()
  })

  it('refuses a folder that is not empty, and with --force sets aside what is there', async () => {
    const data = join(path, 'full')
    await (await openDataFolder(settings({ data }), systemClock())).close()
    writeFileSync(join(data, 'mine.txt'), 'mine')
    const secret = readFileSync(join(data, 'secrets.json'), 'utf8')
    const refused = await waytrace(['restore', copy, '--data', data], { cwd: path })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('is not empty')
    expect(readFileSync(join(data, 'secrets.json'), 'utf8')).toBe(secret)
    const forced = await waytrace(['restore', copy, '--data', data, '--force', '--json'], { cwd: path })
    expect(forced.code).toBe(0)
    const { setAside } = JSON.parse(forced.stdout)
    expect(readFileSync(join(setAside, 'secrets.json'), 'utf8')).toBe(secret)
    expect(readFileSync(join(data, 'secrets.json'), 'utf8')).toBe(readFileSync(join(live, 'secrets.json'), 'utf8'))
    expect(readFileSync(join(data, 'mine.txt'), 'utf8')).toBe('mine')
  })

  it('refuses a folder in use, also with --force, and names the process', async () => {
    const data = join(path, 'used')
    const folder = await openDataFolder(settings({ data }), systemClock())
    const { code, stderr } = await waytrace(['restore', copy, '--data', data, '--force'], { cwd: path })
    await folder.close()
    expect(code).toBe(1)
    expect(stderr).toContain(`in use by process ${process.pid}`)
    expect(readdirSync(data).some((name) => name.startsWith('before-restore'))).toBe(false)
  })

  it.each([
    ['a file that was cut off', 'log/data.mdb', (file: string) => truncateSync(file, 4096), 'log/data.mdb has 4096'],
    ['a file with one wrong bit', 'store/data.mdb', flipBit, 'store/data.mdb was changed'],
    ['a manifest that is not JSON', 'backup.json', (file: string) => writeFileSync(file, '{'), 'cannot be read'],
    ['another format', 'backup.json', otherFormat, 'format: is not 1'],
    ['a path that leads out', 'backup.json', evilPath, 'files.0.path'],
  ])('refuses %s and touches nothing', async (_, name, damage, message) => {
    const source = join(tempDir('damaged'), 'backup')
    const from = settings({ data: live })
    await backup(from, source, { clock: systemClock(), version: '0' })
    damage(join(source, name))
    const data = join(source, '../restored')
    await expect(restore(settings({ data }), source, { clock: systemClock() })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    })
    expect(existsSync(data)).toBe(false)
  })

  it('refuses a folder that holds no finished backup', async () => {
    const { code, stderr } = await waytrace(['restore', path, '--data', join(path, 'none')], { cwd: path })
    expect(code).toBe(1)
    expect(stderr).toContain('no backup.json')
  })
})

describe('a backup', () => {
  it.each([
    ['a folder that is not empty', () => copy, 'is not an empty folder'],
    ['a place in the data folder', () => join(live, 'backup'), 'lies in the data folder'],
  ])('refuses %s as its target', async (_, target, message) => {
    await expect(
      backup(settings({ data: live }), target(), { clock: systemClock(), version: '0' }),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(message) })
  })

  it('refuses a data folder that is none, and makes nothing', async () => {
    const data = join(path, 'nowhere')
    const target = join(path, 'nothing')
    const { code, stderr } = await waytrace(['backup', target, '--data', data], { cwd: path })
    expect(code).toBe(1)
    expect(stderr).toContain('is not a data folder')
    expect(existsSync(data) || existsSync(target)).toBe(false)
  })

  it('holds trimming only while it runs, and a killed one is let go by the next that opens the folder', async () => {
    const config = settings({ data: join(path, 'held') })
    const folder = await openDataFolder(config, systemClock())
    const { acceptedLog } = folder
    const fill = () => acceptedLog.appendAll(Array.from({ length: 100 }, () => Buffer.alloc(2000)))
    const cursor = await acceptedLog.cursor('store', { required: true })
    await fill()
    const letGo = await holdTrimming(acceptedLog)
    await cursor.commit(100)
    await acceptedLog.trim()
    expect(acceptedLog.stats().first).toBe(1)
    await letGo()
    await acceptedLog.trim()
    expect(acceptedLog.stats().first).toBeGreaterThan(1)
    // No process has this id: Linux gives ids up to 2^22.
    await acceptedLog.cursor('backup-99999999', { required: true })
    expect(deadHolds(acceptedLog)).toEqual(['backup-99999999'])
    await folder.close()
    const again = await openDataFolder(config, systemClock())
    expect(Object.keys(again.acceptedLog.stats().cursors)).toEqual(['store'])
    await again.close()
  })
})

function logged({ acceptedLog }: DataFolder) {
  const entries = acceptedLog.read(1, Number.MAX_SAFE_INTEGER)
  const items = entries.map(({ position, bytes }) => ({ position, ...decodeLogRecord(bytes) }))
  return { items, positions: entries.map(({ position }) => position) }
}

function flipBit(file: string): void {
  const bytes = readFileSync(file)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

function otherFormat(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format": 2'))
}

function evilPath(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace('dedupe/data.mdb', '../dedupe/data.mdb'))
}
