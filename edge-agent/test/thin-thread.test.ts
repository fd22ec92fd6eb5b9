import { writeFileSync } from 'node:fs'
import { isEpcis } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { eventually, tempDir } from '@waytrace/standard/testing'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { type Agent, createAgent } from '../src/agent.ts'
import { DOCK, OPERATOR, SSCC, silentLog, testConfig, urn } from './support/agent-config.ts'
import { fakeIngest } from './support/fake-ingest.ts'
import { startMosquitto } from './support/mosquitto.ts'
import { serialCable } from './support/socat.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function started(agent: Agent): Promise<Agent> {
  await agent.start()
  stops.push(() => agent.stop())
  return agent
}

describe('from device bytes to the broker', () => {
  it('makes a staging event of a label scanned on a serial line, and a reading of a tag heard by a gateway', async () => {
    const broker = await startMosquitto()
    const ingest = await fakeIngest(broker.url)
    const cable = await serialCable()
    stops.push(
      () => broker.stop(),
      () => ingest.stop(),
      () => cable.pull(),
    )
    const config = testConfig(broker.url, {
      devices: [
        {
          slug: 'scanner-1',
          urn: urn('SCN1'),
          kind: 'scanner',
          link: { type: 'serial', path: cable.agentEnd },
          driver: 'gs1',
          station: 'dock-7',
        },
        {
          slug: 'tag-1',
          urn: urn('TAG1'),
          kind: 'sensor',
          link: { type: 'mqtt-bridge', url: broker.url, topics: ['gw/wh1/ruuvi/#'] },
          match: 'CB:B8:33:4C:88:4F',
          unwrap: 'ruuvi-gateway',
          driver: 'ruuvi-df5',
          place: DOCK,
        },
      ],
      stations: [{ id: 'dock-7', mode: 'observe', bizStep: 'staging_outbound', readPoint: DOCK }],
    })
    const agent = await started(
      createAgent(config, { clock: systemClock(), log: silentLog, dataDir: tempDir('agent') }),
    )
    await eventually(() => Object.values(agent.stats().devices).every((state) => state === 'ready'))
    writeFileSync(cable.deviceEnd, ']C18017952123400000001212\r\n')
    writeFileSync(cable.deviceEnd, ']C100095212340000000013400SO-100417\r\n')
    const gateway = await connectAsync(broker.url)
    stops.push(() => gateway.endAsync())
    const data = '0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F'
    await gateway.publishAsync(
      'gw/wh1/ruuvi/AA:BB:CC:DD:EE:FF/CB:B8:33:4C:88:4F',
      JSON.stringify({
        gw_mac: 'AA:BB:CC:DD:EE:FF',
        rssi: -60,
        aoa: [],
        gwts: '1700000000',
        ts: '1700000000',
        data,
        coords: '',
      }),
      { qos: 1 },
    )

    await eventually(() => ingest.events.size >= 2)
    expect(ingest.invalid).toEqual([])
    const events = ingest.ofType('waytrace.object.v1').filter(isEpcis)
    const scan = events.find(({ data }) => data.bizStep === 'staging_outbound')
    expect(scan).toMatchObject({
      source: config.agent.source,
      orderid: 'urn:epcglobal:cbv:bt:9521234000006:SO-100417',
      deviceid: urn('SCN1'),
      data: { epcList: [SSCC], readPoint: { id: DOCK }, 'wt:operatorID': OPERATOR, disposition: 'in_progress' },
    })
    const reading = events.find(({ data }) => data.bizStep === 'sensor_reporting')
    expect(reading?.data.sensorElementList?.[0]?.sensorReport).toContainEqual(
      expect.objectContaining({ type: 'Temperature', value: 24.3, uom: 'CEL' }),
    )
    await eventually(() => agent.stats().spool.depth === 0)
  })
})
