import { readFileSync, writeFileSync } from 'node:fs'
import { parseAgentConfig } from '@waytrace/edge-agent'
import { agentPrefix, formatTopic, gatewayPrefix, OpsError } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { openKnowledge } from '@waytrace/store'
import { type Command, Option } from 'commander'
import { certificateFingerprint } from '../certificates.ts'
import { folders } from '../data-folder.ts'
import { printJson, printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
  site: string
  kind: 'agent' | 'gateway'
  source?: string
  device: string[]
  agentConfig?: string
  newPassword?: boolean
  passwordFile?: string
  certificate?: string
  revoke?: boolean
  json?: boolean
}

const collect = (value: string, before: string[]) => [...before, value]

export function enrollCommand(program: Command) {
  withSettings(
    program
      .command('enroll')
      .argument('<agent>', 'name of the agent or gateway: [a-z0-9-]{1,32}')
      .description('Enrol an edge agent or a third-party gateway, and print its password once.')
      .requiredOption('--site <site>', 'site it belongs to')
      .addOption(
        new Option('--kind <kind>', '`agent`, or `gateway` for third-party senders below gw/')
          .choices(['agent', 'gateway'])
          .default('agent'),
      )
      .option('--source <urn>', 'URN of the agent: `source` of its events')
      .option('--device <slug=kind=urn>', 'a device of the agent; repeat for each', collect, [])
      .option('--agent-config <agent.yaml>', 'take source and devices from the agent’s own configuration')
      .option(
        '--certificate <file|sha256>',
        'client certificate that signs in instead of a password: its PEM file, or its SHA-256 fingerprint in any form',
      )
      .option('--new-password', 'make a new password although there is one')
      .option('--password-file <file>', 'write a new password there (readable by its owner) instead of printing it')
      .option('--revoke', 'take the credential away')
      .option('--json', 'print one JSON document'),
  )
    .addHelpText(
      'after',
      '\nExample: waytrace enroll dock-1 --site hamburg --device door-7=scanner=urn:epc:id:giai:9521234.SCN-7',
    )
    .action((agent: string, options: Options) => enroll(agent, options))
}

async function enroll(agent: string, options: Options) {
  const { site, kind } = options
  const config = settings(options)
  const devices = devicesOf(options.device)
  // Names become topics: one that cannot is refused before anything is made.
  formatTopic({ what: 'ack', site, agent })
  for (const [device, { kind }] of Object.entries(devices)) formatTopic({ what: 'status', site, agent, kind, device })
  const knowledge = await openKnowledge(folders(config.data).store)
  try {
    if (options.revoke === true) {
      if (knowledge.identities.find(site, agent) === undefined)
        throw new OpsError('NOT_FOUND', `${site}/${agent} is not enrolled`)
      await knowledge.identities.revoke(site, agent, systemClock().now())
      return printText(`revoked ${site}/${agent}`)
    }
    const known = knowledge.identities.find(site, agent)
    const stated = options.agentConfig === undefined ? undefined : fromAgentConfig(options.agentConfig, site, agent)
    const certificate =
      options.certificate === undefined ? known?.certificate : certificateFingerprint(options.certificate)
    const { enrolment, password } = await knowledge.identities.enrol({
      site,
      agent,
      kind,
      sourceUrn: options.source ?? stated?.sourceUrn ?? known?.sourceUrn ?? `urn:waytrace:agent:${site}:${agent}`,
      devices: { ...known?.devices, ...stated?.devices, ...devices },
      newPassword: options.newPassword ?? options.passwordFile !== undefined,
      ...(certificate === undefined ? {} : { certificate }),
    })
    if (options.passwordFile !== undefined) writeFileSync(options.passwordFile, `${password}\n`, { mode: 0o600 })
    const shownPassword = options.passwordFile === undefined ? password : undefined
    const prefix = kind === 'gateway' ? gatewayPrefix(site, agent) : agentPrefix({ site, agent })
    const { passwordHash: _, ...shown } = enrolment
    if (options.json === true)
      return printJson({ username: `${site}/${agent}`, password: shownPassword, prefix, ...shown })
    printText(
      [
        `username  ${site}/${agent}`,
        `password  ${shownPassword ?? where(options)}`,
        `source    ${enrolment.sourceUrn}`,
        `publishes ${prefix}...`,
        ...Object.entries(enrolment.devices).map(([slug, device]) => `device    ${device.kind}/${slug}  ${device.urn}`),
      ].join('\n'),
    )
  } finally {
    await knowledge.close()
  }
}

function where({ passwordFile }: Options): string {
  return passwordFile === undefined ? '(unchanged; --new-password makes another)' : `(in ${passwordFile})`
}

function devicesOf(texts: readonly string[]) {
  return Object.fromEntries(
    texts.map((text) => {
      const [slug, kind, urn] = text.split('=')
      if (!slug || !kind || !urn) throw new OpsError('INPUT_INVALID', `--device wants slug=kind=urn, got ${text}`)
      return [slug, { urn, kind }] as const
    }),
  )
}

function fromAgentConfig(file: string, site: string, agent: string) {
  const config = parseAgentConfig(read(file))
  if (config.agent.site !== site || config.agent.agent !== agent)
    throw new OpsError('INPUT_INVALID', `${file} is the configuration of ${config.agent.site}/${config.agent.agent}`)
  const devices = config.devices.map(({ slug, urn, kind }) => [slug, { urn, kind }] as const)
  return { sourceUrn: config.agent.source, devices: Object.fromEntries(devices) }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}
