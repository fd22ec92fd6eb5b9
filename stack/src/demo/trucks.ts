import type { Stage } from './acts.ts'
import { type DemoTruck, FAILING, siteOf } from './network.ts'
import type { Random } from './random.ts'
import type { DemoOrder, Work } from './work.ts'

const MINUTE = 60_000
const SET_POINT_C = 4.5
const AMBIENT_C = 19
/** Air at a dock shelter: an open door warms a load, but within its limits. */
const SHELTERED_C = 7
/** Minutes in which the air comes 63 % of the way to where it is drawn. */
const TAU = { cooling: 12, doorOpen: 25, failed: 60 }
const CAPACITY = 14
const FAILS_AFTER_DEPARTURE = 25 * MINUTE

/** When the first loading begins, after the start: the failing trailer is on the road when the history ends. */
const FIRST_LOADING = (index: number, truck: string) => (truck === FAILING ? 255 : 50 + ((index * 17) % 90)) * MINUTE

/** One trailer: where it is, how cold it is, and what its telematics unit says each minute. */
export function runTruck(truck: DemoTruck, index: number, stage: Stage, work: Work, random: Random, start: number) {
  const home = siteOf(truck.home)
  const away = siteOf(truck.to)
  const driveMs = truck.driveMinutes * MINUTE
  let airC = SET_POINT_C + random.normal(0, 0.2)
  let doorOpen = false
  let failedAt: number | undefined
  let leg: { from: typeof home; to: typeof home; departedAt: number } | undefined
  let place = home

  function loading(at: number) {
    doorOpen = true
    const { cargo, doneAt } = work.load(truck, at, CAPACITY)
    stage.plan(Math.max(doneAt + 2 * MINUTE, at + 20 * MINUTE), (departAt) => {
      doorOpen = false
      work.depart(truck, departAt)
      drive(home, away, departAt + MINUTE, (arrivedAt) => unloading(cargo, arrivedAt))
      if (truck.truck === FAILING && failedAt === undefined)
        stage.plan(departAt + FAILS_AFTER_DEPARTURE, (failed) => {
          failedAt = failed
        })
    })
  }

  function unloading(cargo: readonly DemoOrder[], at: number) {
    doorOpen = true
    const done = work.unload(truck, cargo, at + 2 * MINUTE)
    stage.plan(Math.max(done, at + 15 * MINUTE), (leaveAt) => {
      doorOpen = false
      failedAt = undefined // the workshop at the destination mends the unit
      drive(away, home, leaveAt + 5 * MINUTE, (backAt) => stage.plan(backAt + random.between(10, 25) * MINUTE, loading))
    })
  }

  function drive(from: typeof home, to: typeof home, departedAt: number, arrived: (at: number) => void) {
    stage.plan(departedAt, () => {
      leg = { from, to, departedAt }
    })
    stage.plan(departedAt + driveMs * random.between(0.95, 1.15), (at) => {
      leg = undefined
      place = to
      arrived(at)
    })
  }

  function sample(at: number) {
    airC = nextAir(airC)
    const done = leg === undefined ? 0 : Math.min(1, (at - leg.departedAt) / driveMs)
    const [a, b] = leg === undefined ? [place, place] : [leg.from, leg.to]
    stage.act({
      at,
      what: 'tracker',
      truck: truck.truck,
      sample: {
        latitude: a.latitude + (b.latitude - a.latitude) * done,
        longitude: a.longitude + (b.longitude - a.longitude) * done,
        speedKmh: leg === undefined ? 0 : Math.round(random.normal(78, 4)),
        headingDeg: leg === undefined ? 0 : heading(a, b),
        frontC: airC + random.normal(0, 0.08),
        rearC: airC + 0.4 + (doorOpen ? 0.3 : 0) + random.normal(0, 0.08),
        doorOpen,
        ignition: leg !== undefined,
        troubles: failedAt === undefined ? [] : ['P0A0D', 'U0422'],
      },
    })
    stage.plan(at + MINUTE, sample)
  }

  /** First-order approach to the air the box is drawn to, in steps of a minute. */
  function nextAir(before: number): number {
    const [target, tau] =
      failedAt !== undefined
        ? [AMBIENT_C, TAU.failed]
        : doorOpen
          ? [SHELTERED_C, TAU.doorOpen]
          : [SET_POINT_C, TAU.cooling]
    return target + (before - target) * Math.exp(-1 / tau) + random.normal(0, 0.03)
  }

  stage.plan(start + FIRST_LOADING(index, truck.truck), loading)
  stage.plan(start + index * 5000, sample)
}

/** Bearing from one place to another over short distances, degrees from north. */
function heading(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const east = (b.longitude - a.longitude) * Math.cos((a.latitude * Math.PI) / 180)
  return Math.round(((Math.atan2(east, b.latitude - a.latitude) * 180) / Math.PI + 360) % 360)
}
