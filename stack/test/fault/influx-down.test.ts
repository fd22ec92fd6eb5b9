import { eventually, startInfluxd } from '@waytrace/standard/testing'
import { describe, expect, it } from 'vitest'
import { balanceOf, printBalance } from '../support/balance.ts'
import { loggedAtLeast, PATIENCE, scenes } from '../support/scene.ts'

const EVENTS = 20_000
const make = scenes()

describe('a database that is down', () => {
  it('is held for by the log, while the embedded store goes on, and holds the same afterwards', async () => {
    const influx = make.ends(await startInfluxd(), (made) => made.kill())
    const place = await make.centre({ env: { INFLUX_URL: influx.url } })
    const fleet = await make.fleet(place)
    const [ingest] = await Promise.all([place.ingest(), place.broker(), make.agent(fleet)])

    fleet.report(EVENTS)
    await eventually(() => (place.cursors().influx ?? 0) >= EVENTS / 5, PATIENCE)
    await influx.kill()
    await eventually(() => place.health('ingest').state === 'degraded', PATIENCE)
    expect(place.health('ingest').reasons.join()).toContain('influx')
    await loggedAtLeast(place, EVENTS)
    await eventually(() => (place.cursors().store ?? 0) >= EVENTS, PATIENCE)
    expect(place.cursors().influx).toBeLessThan(EVENTS)
    await influx.start()
    await eventually(() => (place.cursors().influx ?? 0) >= EVENTS / 2, PATIENCE)
    // Between a post and its cursor, perhaps: the batch must come again as the same points.
    await ingest.crash()
    await fleet.reported()
    await fleet.forgotten()
    await place.drained()

    const balance = await balanceOf(fleet.trackers, place.data)
    // Every record brings one reading. InfluxDB overwrites a point of equal series and time, so a batch that was sent
    // twice under other times would count twice, and two points that fell together would be missing.
    const readings = await counted(influx, 'SELECT COUNT("position") FROM "reading"')
    const events = await counted(influx, 'SELECT COUNT("position") FROM "event"')
    printBalance('influxd killed and away for most of the flow', balance, ` / ${readings} readings in InfluxDB`)
    expect(balance).toMatchObject({ accepted: fleet.wanted, stored: fleet.wanted, lost: 0, doubled: 0, refused: 0 })
    expect(readings).toBe(fleet.wanted)
    expect(events).toBe(place.logged())
    await eventually(() => place.health('ingest').state === 'ok', PATIENCE)
  }, 300_000)
})

async function counted(influx: Awaited<ReturnType<typeof startInfluxd>>, q: string): Promise<number> {
  const answer = (await influx.query(q, 'waytrace')) as { results: { series?: { values: number[][] }[] }[] }
  return answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0
}
