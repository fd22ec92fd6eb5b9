import type { Stage } from './acts.ts'
import { type DemoSite, SITES } from './network.ts'
import type { Random } from './random.ts'

const MINUTE = 60_000

/** A cold room: its controller cools in cycles, its door opens now and then, a tag on the wall listens. */
export function runRoom(site: DemoSite, stage: Stage, random: Random, start: number) {
  let airC = site.roomC
  let doorUntil = 0
  let cooling = false
  let sequence = Math.floor(random.unit() * 60_000)

  function minute(at: number) {
    if (random.chance(0.02)) doorUntil = at + random.between(1, 4) * MINUTE
    const doorOpen = at < doorUntil
    if (airC > site.roomC + 0.6) cooling = true
    if (airC < site.roomC - 0.6) cooling = false
    airC += (cooling ? -0.12 : 0.06) + (doorOpen ? 0.25 : 0) + random.normal(0, 0.02)
    sequence = (sequence + 1) % 65_535
    stage.act({ at, what: 'room', site: site.site, temperatureC: airC, doorOpen })
    stage.act({
      at,
      what: 'tag',
      site: site.site,
      temperatureC: airC + random.normal(0.2, 0.05),
      humidity: 78 + (doorOpen ? 6 : 0) + random.normal(0, 0.6),
      sequence,
    })
    stage.plan(at + MINUTE, minute)
  }
  stage.plan(start + SITES.indexOf(site) * 7000, minute)
}

/** The yard tractor of the cross-dock: a round a minute, read by its NMEA receiver. */
export function runYard(site: DemoSite, stage: Stage, random: Random, start: number) {
  function minute(at: number) {
    const turn = (at / MINUTE) * 0.7
    stage.act({
      at,
      what: 'yard',
      site: site.site,
      latitude: site.latitude + 0.0008 * Math.sin(turn),
      longitude: site.longitude + 0.0012 * Math.cos(turn),
      speedKmh: Math.max(0, random.normal(9, 4)),
    })
    stage.plan(at + MINUTE, minute)
  }
  stage.plan(start, minute)
}
