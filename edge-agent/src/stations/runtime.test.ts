import type { Scan } from '@waytrace/devices'
import { gs1Uri } from '@waytrace/standard'
import { fakeClock, tempDir } from '@waytrace/standard/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { openLocalState } from '../local-state.ts'
import { openSpool, type Spool } from '../spool.ts'
import { decodeSpoolEntry } from '../spool-entry.ts'
import { stationConfig } from './config.ts'
import { liveStation } from './runtime.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const config = stationConfig.parse({ id: 'pick-1', readPoint: 'urn:x:pick', operator: { required: false } })
const from = { slug: 's', urn: 'urn:x:s', kind: 'scanner', driver: 'gs1/1.0.0' }
const clock = fakeClock()

function scanOf(sscc: string, at: number) {
  const scan: Scan = { kind: 'scan', at, symbology: 'GS1-128', raw: `00${sscc}`, keys: { epcs: [gs1Uri('00', sscc)] } }
  return { kind: 'scan', scan, from } as const
}

async function setUp() {
  const state = openLocalState(tempDir('state'))
  const spool = await openSpool(
    tempDir('spool'),
    { maxBytes: 10_000_000, reserveBytes: 0, onFull: 'wait' },
    { clock, source: 'urn:x:agent', tzOffset: () => '+00:00', onFatal: () => {} },
  )
  stops.push(
    () => state.close(),
    () => spool.close(),
  )
  const live = (through: Pick<Spool, 'append' | 'read' | 'last' | 'mark'>) =>
    liveStation(config, { clock, state, spool: through, gln: '9521234000006', timezone: 'UTC' })
  const ids = () => spool.read(0, 100).map(({ bytes }) => JSON.parse(decodeSpoolEntry(bytes).json.toString()).id)
  return { state, spool, live, ids }
}

/** The spool as a process sees it that dies before, or just after, the events are on disk. */
function dying(spool: Spool, when: 'before' | 'after'): Pick<Spool, 'append' | 'read' | 'last' | 'mark'> {
  return {
    read: spool.read,
    get last() {
      return spool.last
    },
    get mark() {
      return spool.mark
    },
    async append(drafts) {
      if (when === 'after') await spool.append(drafts)
      throw new Error('killed')
    },
  }
}

describe('a station that is killed', () => {
  it('brings the event into the spool at the next start, if it was not there yet', async () => {
    const { spool, live, ids } = await setUp()
    const doomed = await live(dying(spool, 'before'))
    await expect(doomed.take(scanOf('095212340000000013', 1000))).rejects.toThrow('killed')
    expect(ids()).toEqual([])
    const again = await live(spool)
    expect(ids()).toHaveLength(1)
    expect(again.state.lastItem?.epcs).toEqual([gs1Uri('00', '095212340000000013')])
  })

  it('does not bring it twice, if it was', async () => {
    const { spool, live, ids } = await setUp()
    const doomed = await live(dying(spool, 'after'))
    await expect(doomed.take(scanOf('095212340000000013', 1000))).rejects.toThrow('killed')
    expect(ids()).toHaveLength(1)
    const again = await live(spool)
    expect(ids()).toHaveLength(1)
    await again.take(scanOf('095212340000000020', 5000))
    expect(new Set(ids()).size).toBe(2)
  })

  it('takes inputs one after the other, though they come at once', async () => {
    const { spool, live, ids } = await setUp()
    const station = await live(spool)
    const labels = Array.from({ length: 50 }, (_, i) => `0952123400000${String(i).padStart(5, '0')}`)
    await Promise.all(labels.map((label, i) => station.take(scanOf(label, 10_000 * i))))
    expect(ids()).toHaveLength(50)
    const raws = spool.read(0, 100).map(({ bytes }) => JSON.parse(decodeSpoolEntry(bytes).json.toString()).subject)
    expect(raws).toEqual(labels.map((label) => gs1Uri('00', label)))
  })
})
