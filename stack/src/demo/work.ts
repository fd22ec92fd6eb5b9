import type { Stage } from './acts.ts'
import {
  type DemoSite,
  type DemoTruck,
  OPERATORS,
  PRODUCTS,
  type StationName,
  siteOf,
  ssccOf,
  TRUCKS,
} from './network.ts'
import type { Random } from './random.ts'
import { shopFact } from './shop.ts'
import { badge, item, logisticLabel, orderSheet, trailer } from './symbols.ts'

const MINUTE = 60_000
const SECOND = 1000
const TIERS = ['standard', 'standard', 'standard', 'priority'] as const

interface DemoOrder {
  number: string
  site: string
  to: string
  sscc: string
  product: (typeof PRODUCTS)[number]
  items: string[]
}

/** The people of the demo: orders come in, are picked, packed and staged; trucks are loaded and emptied. */
export interface Work {
  /** Loads what is staged for the truck, from `at` on; `doneAt` is when the last package is in. */
  load(truck: DemoTruck, at: number, capacity: number): { cargo: DemoOrder[]; doneAt: number }
  depart(truck: DemoTruck, at: number): void
  /** Empties the truck at its destination; returns when the door can close. */
  unload(truck: DemoTruck, cargo: readonly DemoOrder[], at: number): number
}

export type { DemoOrder }

export function work(stage: Stage, random: Random, start: number): Work {
  const freeAt = new Map<string, number>()
  const staged: DemoOrder[] = []
  let orders = 0
  const day = new Date(start).toISOString().slice(2, 16).replace(/\D/g, '')

  for (const site of ['north', 'south'])
    stage.plan(start + random.between(0, 2) * MINUTE, (at) => newOrder(siteOf(site), at))

  /** Beeps one after the other at a station that serves one job at a time; returns when the job is done. */
  function job(site: string, station: StationName, readyAt: number, symbols: readonly string[], paceS: number): number {
    const key = `${site}/${station}`
    let at = Math.max(readyAt, freeAt.get(key) ?? 0)
    for (const symbol of [badge(random.pick(OPERATORS)), ...symbols]) {
      stage.plan(at, (when) => stage.act({ at: when, what: 'beep', site, station, symbol }))
      at += Math.round(random.between(0.7, 1.4) * paceS * SECOND)
    }
    freeAt.set(key, at)
    return at
  }

  function newOrder(site: DemoSite, placedAt: number) {
    orders += 1
    const number = `SO-${day}-${String(orders).padStart(4, '0')}`
    const routes = TRUCKS.filter(({ home }) => home === site.site)
    const product = random.pick(PRODUCTS)
    const count = 1 + Math.floor(random.unit() * 3)
    const items = Array.from({ length: count }, (_, i) => item(product.gtin, `${day}${orders}-${i + 1}`))
    const order = { number, site: site.site, to: random.pick(routes).to, sscc: ssccOf(start, orders), product, items }
    const told = {
      ...order,
      customer: `CUST-${100 + (orders % 17)}-${random.pick(TIERS)}`,
      promisedBy: placedAt + 300 * MINUTE,
      gtin: product.gtin,
      quantity: count,
    }
    shop('placed', placedAt)
    const paidAt = placedAt + random.between(0.3, 2) * MINUTE
    shop('paid', paidAt)
    const allocatedAt = paidAt + random.between(0.5, 3) * MINUTE
    shop('allocated', allocatedAt)
    stage.plan(allocatedAt + random.between(3, 12) * MINUTE, (at) => pick(order, at))
    stage.plan(placedAt + random.between(1.5, 5.5) * MINUTE, (at) => newOrder(site, at))

    function shop(step: 'placed' | 'paid' | 'allocated', at: number) {
      stage.plan(at, () => stage.act({ at, what: 'shop', facts: [shopFact(step, at, told)] }))
    }
  }

  function pick(order: DemoOrder, at: number) {
    const done = job(order.site, 'pick', at, [orderSheet(order.number), ...order.items], 14)
    stage.plan(done + random.between(1, 4) * MINUTE, (when) => pack(order, when))
  }

  function pack(order: DemoOrder, at: number) {
    const label = logisticLabel(order.sscc, order.number, order.product)
    const done = job(order.site, 'pack', at, [label, ...order.items, 'WT:CLOSE'], 9)
    stage.plan(done + random.between(1, 5) * MINUTE, (when) => toStaging(order, label, when))
  }

  function toStaging(order: DemoOrder, label: string, at: number) {
    const done = job(order.site, 'stage', at, [label], 8)
    stage.plan(done, () => staged.push(order))
  }

  return {
    load(truck, at, capacity) {
      const cargo = staged.filter(({ site, to }) => site === truck.home && to === truck.to).slice(0, capacity)
      for (const order of cargo) staged.splice(staged.indexOf(order), 1)
      const symbols = cargo.map((order) => logisticLabel(order.sscc, order.number, order.product))
      return { cargo, doneAt: job(truck.home, 'dock-out', at, [trailer(truck.giai), ...symbols, 'WT:CLOSE'], 20) }
    },
    depart(truck, at) {
      job(truck.home, 'dock-out', at, [trailer(truck.giai), 'WT:DEPART'], 6)
    },
    unload(truck, cargo, at) {
      const labels = cargo.map((order) => logisticLabel(order.sscc, order.number, order.product))
      const done = job(truck.to, 'dock-in', at, [trailer(truck.giai), 'WT:ARRIVE', ...labels, 'WT:CLOSE'], 22)
      if (labels.length > 0) {
        const accepted = job(truck.to, 'accept', done + 2 * MINUTE, labels, 12)
        job(truck.to, 'shelf', accepted + random.between(3, 9) * MINUTE, labels, 25)
      }
      return done
    },
  }
}
