import { gs1Uri } from '@waytrace/standard'
import { type AgentConfig, checkAgentConfig } from '../../src/config.ts'

export const GLN = '9521234000006'
export const SOURCE = gs1Uri('8004', '9521234AGT0007')
export const SSCC = gs1Uri('00', '095212340000000013')
export const OPERATOR = gs1Uri('8017', '952123400000001212')
export const DOCK = 'https://id.gs1.org/414/9521234000013/254/DOCK07'

export function urn(name: string): string {
  return gs1Uri('8004', `9521234${name}`)
}

/** A small configuration for tests; the parts given replace the defaults. */
export function testConfig(
  url: string,
  parts: { devices?: object[]; stations?: object[]; uplink?: object; spool?: object; healthIntervalMs?: number } = {},
): AgentConfig {
  const { uplink = {}, spool = {}, ...rest } = parts
  return checkAgentConfig({
    agent: { site: 'wh1', agent: 'edge1', source: SOURCE, gln: GLN, timezone: 'Europe/Zurich' },
    uplink: { url, backoffMinMs: 20, backoffMaxMs: 200, ackTimeoutMs: 2000, ...uplink },
    spool: { maxBytes: 1_073_741_824, reserveBytes: 0, ...spool },
    ...rest,
  })
}

export const silentLog = { info() {}, warn() {}, error() {} }
