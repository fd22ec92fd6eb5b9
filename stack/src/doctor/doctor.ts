import { OpsError } from '@waytrace/standard'
import type { Clock } from '@waytrace/standard/process'
import type { WaytraceConfig } from '../config.ts'
import { agents } from './agents.ts'
import { clockSanity } from './clock.ts'
import { dataFolder } from './data-folder.ts'
import { deadLetters } from './dead-letters.ts'
import { externalBroker } from './external-broker.ts'
import { act, type Check, type Finding, ok, type Patient } from './finding.ts'
import { influx } from './influx.ts'
import { nodeVersion } from './node-version.ts'
import { ports } from './ports.ts'
import { queues } from './queues.ts'
import { type ReadableData, readableData } from './readable-data.ts'
import { secrets } from './secrets.ts'
import { serialPorts } from './serial-ports.ts'

const CHECKS: Record<string, Check> = {
  'data folder': (patient) => dataFolder(patient),
  secrets,
  ports,
  'journal and log': queues,
  'dead letters': deadLetters,
  'external broker': externalBroker,
  InfluxDB: influx,
  clock: clockSanity,
  agents,
}

/** Looks at everything that can be wrong with an installation, also while it runs, and changes nothing. */
export async function examine(read: () => WaytraceConfig, clock: Clock): Promise<Finding[]> {
  const findings = [...nodeVersion(), ...serialPorts()]
  let config: WaytraceConfig
  try {
    config = read()
  } catch (error) {
    return [...findings, ...configurationIssues(error)]
  }
  findings.push(ok('configuration', 'every option is valid'))
  let data: ReadableData | undefined
  try {
    data = await readableData(config)
  } catch (error) {
    findings.push(act('data folder', String(error), 'restore the data folder from a backup; keep the damaged files'))
  }
  try {
    for (const [name, check] of Object.entries(CHECKS))
      findings.push(...(await run(name, check, { config, clock, data })))
  } finally {
    await data?.close()
  }
  return findings
}

async function run(name: string, check: Check, patient: Patient): Promise<Finding[]> {
  try {
    return await check(patient)
  } catch (error) {
    return [
      act(name, `could not be looked at: ${(error as Error).message}`, 'see whether the rest of this list says why'),
    ]
  }
}

function configurationIssues(error: unknown): Finding[] {
  if (!(error instanceof OpsError) || error.code !== 'CONFIG_INVALID') throw error
  const next = 'correct it; docs/generated/config.md describes every option'
  return error.issues.map(({ path, message }) => act('configuration', `${path}: ${message}`, next))
}
