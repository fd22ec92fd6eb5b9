import { type AgentAddress, formatTopic, OpsError, parseTopic } from '@waytrace/standard'
import { z } from 'zod'
import type { LiveDevice } from './device.ts'
import { isoTime } from './events/local-time.ts'
import type { LocalState } from './local-state.ts'
import type { AgentClock, AgentLog } from './ports.ts'

export interface CommandPorts {
  clock: AgentClock
  log: AgentLog
  address: AgentAddress
  state: Pick<LocalState, 'answers' | 'durably'>
  device(kind: string, slug: string): LiveDevice | undefined
  /** Passes text through to a device's own protocol. Rejects with `LINK_DOWN`. */
  send(device: LiveDevice, text: string): Promise<string>
  publish(topic: string, payload: object): Promise<void>
  /** The status of a device changed. */
  announce(device: LiveDevice): void
  /** What `ping` answers. */
  health(): object
}

const envelope = z.looseObject({
  commandId: z.string().min(1).max(200),
  replyTo: z.string().optional(),
  expiresAt: z.union([z.string(), z.number()]).optional(),
})

/** Answers remembered, so that a command that comes twice is done once. */
const MAX_ANSWERS = 1000

/** Serves `cmd` and `cfg`: every command gets one answer on `res`, however often it comes. */
export function commands(ports: CommandPorts) {
  const { clock, log, address, state } = ports
  const running = new Map<string, Promise<object>>()

  async function command(kind: string, device: string, verb: string, body: z.infer<typeof envelope>): Promise<void> {
    const { commandId, replyTo, expiresAt } = body
    const known = state.answers.get(commandId)
    const answer = known?.answer ?? (await (running.get(commandId) ?? start()))
    await ports.publish(replyTopic(replyTo, kind, device, verb), answer)

    function start(): Promise<object> {
      const done = perform().finally(() => running.delete(commandId))
      running.set(commandId, done)
      return done
    }

    async function perform(): Promise<object> {
      const at = clock.now()
      const stamp = () => ({ commandId, time: isoTime(clock.now()) })
      let result: object
      if (expiresAt !== undefined && !(new Date(expiresAt).getTime() >= at))
        result = { ...stamp(), ok: false, error: { code: 'EXPIRED', message: 'the command came too late' } }
      else
        try {
          result = { ...stamp(), ok: true, result: await carryOut(kind, device, verb, body) }
        } catch (error) {
          if (!(error instanceof OpsError)) throw error
          result = { ...stamp(), ok: false, error: { code: error.code, message: error.message } }
        }
      await remember(commandId, at, result)
      return result
    }
  }

  async function remember(commandId: string, at: number, answer: object): Promise<void> {
    const old: string[] = []
    if (state.answers.getCount() >= MAX_ANSWERS) {
      const entries = [...state.answers.getRange()].sort((a, b) => a.value.at - b.value.at)
      old.push(...entries.slice(0, MAX_ANSWERS / 10).map(({ key }) => key))
    }
    await state.durably(() => {
      for (const key of old) void state.answers.remove(key)
      void state.answers.put(commandId, { at, answer })
    })
  }

  async function carryOut(kind: string, slug: string, verb: string, body: Record<string, unknown>): Promise<unknown> {
    if (kind === 'agent' && slug === 'self' && verb === 'ping') return ports.health()
    const device = ports.device(kind, slug)
    if (device === undefined) throw new OpsError('NOT_FOUND', `there is no device ${kind}/${slug}`)
    switch (verb) {
      case 'ping':
        return { device: device.config.urn }
      case 'report-now':
        device.reportNow()
        return { next: 'the next frame is reported' }
      case 'set-interval': {
        const report: Record<string, unknown> = {}
        for (const key of ['minIntervalMs', 'maxIntervalMs', 'deadband']) if (key in body) report[key] = body[key]
        await device.adjust(report)
        ports.announce(device)
        return { report }
      }
      case 'codec12': {
        if (typeof body.text !== 'string') throw new OpsError('INPUT_INVALID', 'text: the command, ASCII')
        return { text: await ports.send(device, body.text) }
      }
      default:
        throw new OpsError('NOT_FOUND', `there is no command ${verb}: ping, report-now, set-interval, codec12`)
    }
  }

  /** Only topics of this agent are answered to: a command must not make it write elsewhere. */
  function replyTopic(wanted: string | undefined, kind: string, device: string, verb: string): string {
    const parsed = wanted === undefined ? undefined : parseTopic(wanted)
    const own = parsed?.what === 'answer' && parsed.site === address.site && parsed.agent === address.agent
    return own && wanted !== undefined ? wanted : formatTopic({ what: 'answer', ...address, kind, device, verb })
  }

  return {
    /** Never rejects: what cannot be understood is logged. */
    async received(text: string, payload: Buffer): Promise<void> {
      const topic = parseTopic(text)
      try {
        if (topic?.what === 'config') {
          const device = ports.device(topic.kind, topic.device)
          if (device === undefined || payload.length === 0) return
          await device.configure(JSON.parse(payload.toString('utf8')))
          ports.announce(device)
        } else if (topic?.what === 'command')
          await command(topic.kind, topic.device, topic.verb, envelope.parse(JSON.parse(payload.toString('utf8'))))
      } catch (err) {
        log.warn({ err, topic: text }, 'message from the centre not understood')
      }
    },
  }
}
