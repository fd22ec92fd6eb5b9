import { deviceSettings, eventId, OpsError } from '@waytrace/standard'
import type { CentreFact, Intake } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pageOf, plainJson } from './http-schemas.ts'
import { type EnrolledDevice, findDevice } from './identities/device-address.ts'
import type { Knowledge } from './ports.ts'

export interface DeviceRoutePorts {
  knowledge: Pick<Knowledge, 'control' | 'identities'>
  /** The way in: what is asked of a device is a fact in the log before it is sent. */
  intake: Intake
  clock: Clock
}

/** A message of a device must stay well below what brokers and small agents take. */
const MAX_PAYLOAD_BYTES = 65_536
const DAY_S = 86_400

const payload = z
  .record(z.string(), z.unknown())
  .refine((value) => JSON.stringify(value).length <= MAX_PAYLOAD_BYTES, `more than ${MAX_PAYLOAD_BYTES} bytes of JSON`)

/** What a command needs. */
export const commandRequest = z.strictObject({
  verb: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .describe('ping, report-now, set-interval or codec12.'),
  payload: payload.optional().describe('What the verb needs, e.g. {"maxIntervalMs": 60000} of set-interval.'),
  expiresInSeconds: z
    .int()
    .min(1)
    .max(30 * DAY_S)
    .default(DAY_S)
    .describe('A device that is not reached within this time is not told any more.'),
})
export type CommandRequest = z.infer<typeof commandRequest>

const command = z.object({
  commandId: z.string(),
  device: z.string(),
  verb: z.string(),
  state: z.enum(['sent', 'answered', 'expired']),
  sentAt: z.string(),
  by: z.string().optional().describe('Who sent it.'),
  expiresAt: z.string().optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
  endedAt: z.string().optional().describe('When it was answered or given up.'),
  answer: z.unknown().optional().describe('{ok, result} or {ok, error}, as the agent put it.'),
})

const settings = z.object({
  device: z.string(),
  version: z.int().describe('0: nothing was ever set here, the agent follows its own configuration.'),
  settings: deviceSettings,
  changedAt: z.string().optional(),
  position: z.int().optional().describe('Number of the event that changed it.'),
  by: z.string().optional().describe('Who changed it.'),
  acknowledged: z
    .object({ version: z.union([z.number(), z.string()]), at: z.string() })
    .optional()
    .describe('The version the agent last said it applies, and since when.'),
})

const params = z.strictObject({ device: z.string().describe('URN of the device, percent-encoded.') })
const page = {
  after: z.string().optional().describe('The `next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
}

/** Commands to devices and their settings over HTTP. Both are answered when they are durable, before they are sent. */
export function deviceRoutes({ knowledge, intake, clock }: DeviceRoutePorts): FastifyPluginAsync {
  const { control, identities } = knowledge
  const viewer = { access: 'viewer' } as const
  const operator = { access: 'operator' } as const
  /** Given out here and perhaps not in the projection yet. */
  const versions = new Map<string, number>()

  const routes: FastifyPluginAsyncZod = async (app) => {
    app.setSerializerCompiler(plainJson)
    app.post(
      '/api/devices/:device/commands',
      {
        config: operator,
        schema: {
          summary: 'Send a command to a device; answered when it is durable',
          params,
          body: commandRequest,
          response: { 202: z.object({ commandId: z.string(), expiresAt: z.string() }) },
        },
      },
      async ({ params: { device }, body, principal }, reply) => {
        const sent = commandFacts(enrolled(device), body, { by: principal?.name ?? '', now: clock.now() })
        await intake.append(sent.facts)
        return reply.code(202).send({ commandId: sent.commandId, expiresAt: sent.expiresAt })
      },
    )
    app.get(
      '/api/devices/:device/commands',
      {
        config: viewer,
        schema: {
          summary: 'Commands to a device, newest first, and what became of them',
          params,
          querystring: z.strictObject(page),
          response: { 200: pageOf(command) },
        },
      },
      async ({ params: { device }, query }) => control.commands(device, query),
    )
    app.put(
      '/api/devices/:device/config',
      {
        config: operator,
        schema: {
          summary: 'Set how a device reports and its limits; replaces what was set before',
          params,
          body: deviceSettings,
          response: { 202: z.object({ device: z.string(), version: z.int() }) },
        },
      },
      async ({ params: { device }, body, principal }, reply) => {
        const { urn, kind } = enrolled(device)
        if (kind === 'agent') throw new OpsError('INPUT_INVALID', 'an agent itself has no settings: name a device')
        const version = Math.max(control.settings(urn)?.version ?? 0, versions.get(urn) ?? 0) + 1
        versions.set(urn, version)
        const by = principal?.name ?? ''
        await intake.append([
          { type: 'waytrace.config.v1', data: { device: urn, version, settings: body, by } },
          audit(by, 'device.configure', urn, { version }),
        ])
        return reply.code(202).send({ device: urn, version })
      },
    )
    app.get(
      '/api/devices/:device/config',
      {
        config: viewer,
        schema: { summary: 'What is set of a device, and what its agent applies', params, response: { 200: settings } },
      },
      async ({ params: { device } }) => {
        const known = control.settings(device)
        if (known !== undefined) return known
        return { device: enrolled(device).urn, version: 0, settings: {} }
      },
    )
  }
  return routes as FastifyPluginAsync

  function enrolled(urn: string): EnrolledDevice {
    const found = findDevice(identities, urn)
    if (found === undefined) throw new OpsError('NOT_FOUND', `no agent has the device ${urn} enrolled`)
    return found
  }
}

/** The facts of a command that is sent: itself, and who did it. */
export function commandFacts(
  { urn }: EnrolledDevice,
  { verb, payload, expiresInSeconds }: CommandRequest,
  { by, now }: { by: string; now: number },
): { commandId: string; expiresAt: string; facts: CentreFact[] } {
  const commandId = eventId(now).slice('urn:uuid:'.length)
  const expiresAt = new Date(now + expiresInSeconds * 1000).toISOString()
  const data = { commandId, device: urn, verb, state: 'sent', expiresAt, by } as const
  return {
    commandId,
    expiresAt,
    facts: [
      { type: 'waytrace.command.v1', data: payload === undefined ? data : { ...data, payload } },
      audit(by, 'device.command', urn, { commandId, verb }),
    ],
  }
}

function audit(actor: string, action: string, target: string, detail: Record<string, unknown>): CentreFact {
  return { type: 'waytrace.audit.v1', data: { actor, action, target, result: 'done', detail } }
}
