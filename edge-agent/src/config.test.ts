import { OpsError } from '@waytrace/standard'
import { describe, expect, it } from 'vitest'
import { parseAgentConfig } from './config.ts'

const GOOD = `
agent: { site: wh1, agent: edge1, source: 'urn:epc:id:giai:9521234.AGT-0007', gln: '9521234000006', timezone: Europe/Zurich }
uplink: { url: 'mqtts://broker.example:8883', passwordFile: /etc/waytrace/password }
devices:
  - slug: scanner-1
    urn: urn:epc:id:giai:9521234.SCN-0042
    kind: scanner
    link: { type: serial, path: /dev/ttyUSB0, baudRate: 9600 }
    driver: gs1
    station: dock-7
stations:
  - { id: dock-7, mode: loading, readPoint: 'https://id.gs1.org/414/9521234000013/254/DOCK07' }
`

function issuesOf(yaml: string): string[] {
  try {
    parseAgentConfig(yaml)
  } catch (error) {
    if (error instanceof OpsError && error.code === 'CONFIG_INVALID') return error.issues.map(({ path }) => path).sort()
    throw error
  }
  return []
}

describe('agent.yaml', () => {
  it('needs little and fills in the rest', () => {
    const config = parseAgentConfig(GOOD)
    expect(config.uplink).toMatchObject({ window: 100, batch: 200 })
    expect(config.spool.onFull).toBe('drop-oldest')
    expect(config.stations[0]).toMatchObject({ operator: { required: true }, commands: { close: 'WT:CLOSE' } })
  })

  it('names every wrong path at once, of the schema and across it', () => {
    const yaml = GOOD.replace('edge1', 'Edge 1')
      .replace('Europe/Zurich', 'Europe/Nowhere')
      .replace('baudRate: 9600', 'baudrate: 9600')
      .replace('driver: gs1', 'driver: gs2')
      .replace('station: dock-7', 'station: dock-8')
      .concat(`  - { id: dock-7, mode: dancing, readPoint: 'https://id.gs1.org/414/9521234000013' }\n`)
    expect(issuesOf(yaml)).toEqual([
      'agent.agent',
      'agent.timezone',
      'devices.0.driver',
      'devices.0.link.baudrate',
      'devices.0.station',
      'stations.1.id',
      'stations.1.mode',
    ])
  })

  it('checks the options against the driver, and a Modbus link for one peer', () => {
    const yaml = `${GOOD}
  - { id: other, readPoint: 'urn:x:y', typo: 1 }
`.replace(
      'stations:',
      `  - slug: room
    urn: urn:x:room
    kind: controller
    link: { type: modbus, host: 10.0.0.1, path: /dev/ttyS0 }
    driver: modbus
    options: { map: [] }
stations:`,
    )
    expect(issuesOf(yaml)).toEqual(['devices.1.link', 'devices.1.options.map', 'stations.1.typo'])
  })

  it('says what is no YAML and no mapping', () => {
    expect(() => parseAgentConfig('a: [')).toThrow(/not YAML/)
    expect(issuesOf('just text')).toEqual([''])
  })
})
