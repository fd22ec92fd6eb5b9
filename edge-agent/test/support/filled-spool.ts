import { join } from 'node:path'
import { systemClock } from '@waytrace/standard/process'
import { sensorEvents } from '../../src/events/sensor-events.ts'
import { openSpool } from '../../src/spool.ts'
import { SOURCE, urn } from './agent-config.ts'

/** Fills the spool of an agent's data folder with readings, as a long time offline does. Returns the spool's id. */
export async function fillSpool(dataDir: string, count: number): Promise<string> {
  const clock = systemClock()
  const tzOffset = () => '+00:00'
  const spool = await openSpool(
    join(dataDir, 'spool'),
    { maxBytes: 4_294_967_296, reserveBytes: 0, onFull: 'wait' },
    { clock, source: SOURCE, tzOffset, onFatal: () => {} },
  )
  const device = { slug: 'tag-1', urn: urn('TAG1'), kind: 'sensor', place: 'https://id.gs1.org/414/9521234000013' }
  const driver = { model: 'ruuvi-df5', version: '1.0.0' }
  const first = clock.now() - count * 1000
  for (let done = 0; done < count; ) {
    const drafts = []
    for (let i = 0; i < 500 && done < count; i++, done++) {
      const at = first + done * 1000
      const value = 4 + (done % 40) / 10
      const readings = [
        { kind: 'temperature', at, value, unit: 'CEL' },
        { kind: 'humidity', at, value: 53.49, unit: 'P1' },
      ] as const
      drafts.push(...sensorEvents(readings, { device, driver, limits: [], tzOffset }))
    }
    await spool.append(drafts)
  }
  await spool.close()
  return spool.id
}
