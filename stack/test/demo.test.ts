import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dedupKey } from '@waytrace/standard'
import { eventually, freePort, type StartedProcess, tempDir } from '@waytrace/standard/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deviceUrn } from '../src/demo/network.ts'
import type { Past } from '../src/demo/past.ts'
import { world } from '../src/demo/world.ts'
import { logEvents, openLog, storeEvents } from './support/balance.ts'
import { startBrowser } from './support/browser.ts'
import { told, waytrace } from './support/waytrace.ts'

interface Visit {
  node: string
  at?: string | undefined
  device?: string | undefined
  operator?: string | undefined
}
interface Timeline {
  order: string
  nodes: Visit[]
  readings: { type: string; value?: number }[]
}

const PATIENCE = { timeoutMs: 120_000, intervalMs: 200 }
const data = tempDir('demo')
let url = ''
let start: () => Promise<StartedProcess>
let running: StartedProcess | undefined

beforeAll(async () => {
  const [http, mqtt] = [await freePort(), await freePort()]
  url = `http://127.0.0.1:${http}`
  start = async () => {
    const ports = ['--http-port', String(http), '--mqtt-port', String(mqtt)]
    // However busy the machine is: nothing here is about how long a stop takes.
    running = waytrace(['up', '--data', data, ...ports], { WAYTRACE_STOP_SECONDS: '60' })
    await running.waitForLine(/^Waytrace is ready: http:\/\/127\.0\.0\.1/)
    return running
  }
})
afterAll(() => running?.kill('SIGKILL'))

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${url}${path}`)
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return (await response.json()) as T
}

/** Ends the running process as Ctrl-C does; when it does not end well, what it logged at the end is the failure. */
async function ctrlC(): Promise<void> {
  const code = await running?.kill('SIGINT')
  expect({ code, said: code === 0 ? '' : running?.stderr.slice(-3000) }).toEqual({ code: 0, said: '' })
}

/** Nodes that say when, by which device and by whom. What is still expected changes with what is learned meanwhile. */
function witnessed({ nodes }: Pick<Timeline, 'nodes'>): Visit[] {
  return nodes
    .filter(({ at, device, operator }) => at !== undefined && device !== undefined && operator !== undefined)
    .map(({ node, at, device, operator }) => ({ node, at, device, operator }))
}

function hasTemperature({ readings }: Timeline): boolean {
  return readings.some(({ type, value }) => type === 'Temperature' && typeof value === 'number')
}

describe.sequential('npm start', () => {
  let order = ''
  let before: { orders: number; last: number; keys: Set<string>; past: Past }

  it('brings an order to eight nodes with time, device and operator, and temperatures, out of device bytes', async () => {
    await start()
    const timeline = await eventually(async () => {
      const { items } = await get<{ items: Timeline[] }>('/api/orders?limit=500')
      const far = items.filter((one) => witnessed(one).length >= 8)
      for (const one of far) {
        const found = await get<Timeline>(`/api/orders/${encodeURIComponent(one.order)}`)
        if (hasTemperature(found)) return found
      }
      return false
    }, PATIENCE)
    order = timeline.order
    expect(timeline.nodes).toHaveLength(13)
    expect(witnessed(timeline).length).toBeGreaterThanOrEqual(8)
    const printed = JSON.parse(await told(['order', order, '--data', data, '--json'])) as Timeline
    expect(printed.order).toBe(order)
    expect(witnessed(printed)).toEqual(expect.arrayContaining(witnessed(timeline)))
    expect(hasTemperature(printed)).toBe(true)
    expect(await get('/api/dead-letters')).toMatchObject({ total: 0 })
  }, 150_000)

  it.each([
    ['en-US', 'Temperature along the way', ['Placed', 'Picked', 'Loaded', 'In transit', 'Put away']],
    ['zh-CN', '全程温度', ['下单', '上架']],
  ])('shows the 13 nodes of the order in a browser that speaks %s', async (language, heading, words) => {
    const browser = startBrowser(language)
    try {
      const page = await browser.open(`${url}/#/orders/${encodeURIComponent(order)}`)
      const lane = await eventually(async () => {
        const names = await page.evaluate<string[]>(
          `[...document.querySelectorAll('ol.lane > li strong')].map(({ textContent }) => textContent)`,
        )
        return names.length === 13 && names
      }, PATIENCE)
      expect(new Set(lane).size).toBe(13)
      expect(lane).toEqual(expect.arrayContaining(words))
      const text = await page.evaluate<string>('document.body.textContent')
      expect(text).toContain(order)
      expect(text).toContain(heading)
      expect(await page.evaluate<string>('document.documentElement.lang')).toBe(language.slice(0, 2))
      expect(await page.evaluate<number>(`document.querySelectorAll('svg').length`)).toBeGreaterThan(0)
    } finally {
      await browser.close()
    }
  })

  it('ends cleanly at Ctrl-C, with every event stored once', async () => {
    await ctrlC()
    before = { ...(await taken()), past: JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8')) }
    expect(before.keys.size).toBe(before.last)
    expect(before.orders).toBeGreaterThan(0)
  })

  it('goes on where it was at the next start, and stores nothing twice', async () => {
    await start()
    const known = await get<{ total: number }>('/api/orders/funnel')
    expect(known.total).toBeGreaterThanOrEqual(before.orders)
    expect((await get<Timeline>(`/api/orders/${encodeURIComponent(order)}`)).nodes).toHaveLength(13)
    // What was on its way at Ctrl-C arrives: all that the world had played until then.
    await eventually(async () => expect(await untold(before.past)).toEqual([]), { ...PATIENCE, intervalMs: 1000 })
    const log = openLog(data)
    try {
      await eventually(() => log.stats().last >= before.last + 200, PATIENCE)
    } finally {
      await log.close()
    }
    await ctrlC()
    const after = await taken()
    // Numbers go on, and nothing that was known came again under a new one.
    expect(after.keys.size).toBe(after.last)
    expect([...before.keys].filter((key) => !after.stored.has(key))).toEqual([])
    process.stdout.write(
      `demo, two starts: ${before.last} + ${after.last - before.last} events, ${after.keys.size} by dedup key, ${after.repeated} repeated\n`,
    )
    expect(after.repeated).toBe(0)
  }, 150_000)
})

/**
 * What the demo's world has played and its devices did not get into the log: the world is a function of its seed, so it
 * can be asked again. Shop facts are known by their id, records of telematics units by device and time.
 */
async function untold({ seed, startedAt, playedTo }: Past): Promise<string[]> {
  const heard = new Set<string>()
  for await (const { id, deviceid, time } of logEvents(data)) heard.add(id).add(`${deviceid} ${Date.parse(time)}`)
  return world(seed, startedAt)
    .advance(playedTo)
    .flatMap((act) => {
      if (act.what === 'shop') return act.facts.map(({ eventID }) => eventID)
      return act.what === 'tracker' ? [`${deviceUrn(`VGW-${act.truck.toUpperCase()}`)} ${act.at}`] : []
    })
    .filter((told) => !heard.has(told))
}

/** What lies in log and store when nothing runs. */
async function taken() {
  const keys = new Set<string>()
  const facts = new Map<string, number>()
  let last = 0
  const orders = new Set<string>()
  for await (const event of logEvents(data)) {
    last++
    keys.add(dedupKey(event))
    if (event.orderid !== undefined) orders.add(event.orderid)
    if (event.type === 'waytrace.object.v1' || event.type === 'waytrace.aggregation.v1') {
      const fact = JSON.stringify([event.deviceid, event.time, event.data])
      facts.set(fact, (facts.get(fact) ?? 0) + 1)
    }
  }
  const stored: string[] = []
  for await (const event of storeEvents(data)) stored.push(dedupKey(event))
  // The store may end a little before the log, which holds the rest for the next start; it never has a thing twice.
  expect(new Set(stored).size).toBe(stored.length)
  expect(stored.filter((key) => !keys.has(key))).toEqual([])
  return {
    keys,
    stored: new Set(stored),
    last,
    orders: orders.size,
    repeated: [...facts.values()].filter((count) => count > 1).length,
  }
}
