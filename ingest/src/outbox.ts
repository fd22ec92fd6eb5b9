import type { WaytraceEvent } from '@waytrace/standard'
import { type Cursor, decodeLogRecord, encodeLogRecord, type Journal } from '@waytrace/standard/journal'
import { backoff, type Clock, type Timer } from '@waytrace/standard/process'
import type { Identities } from '@waytrace/store'
import type { Command, Downlink, Log } from './ports.ts'
import { nameId, ownFact } from './stages/own-fact.ts'
import type { IngestState } from './state.ts'

const CURSOR = 'outbox'
const LOOK_MS = 1000
const READ = 2000
/** A command without an end waits a day for its answer. */
const DEFAULT_EXPIRY_MS = 86_400_000
const COMMAND = Buffer.from('"waytrace.command.v1"')

export interface OutboxPorts {
  log: Journal
  state: IngestState
  identities: Pick<Identities, 'list'>
  downlink: Downlink
  clock: Clock
  logger: Log
  deployment: string
}

/**
 * Commands wait here, on disk, until they are answered or expired. They come and go by the log: `sent` puts one in,
 * `answered` and `expired` take it out. Sent at once, again when the agent announces itself, and again at each start.
 */
export function outbox(ports: OutboxPorts) {
  const { log, state, downlink, clock, logger } = ports
  const wait = backoff({ maxMs: 10_000 })
  const stopping = new AbortController()
  let wake: () => void = () => {}
  let unsubscribe: () => void = () => {}
  let timer: Timer | undefined
  let loop: Promise<void> = Promise.resolve()
  const expiring = new Set<string>()

  async function work(cursor: Cursor): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      try {
        const entries = cursor.read(READ)
        const last = entries.at(-1)
        if (last === undefined) {
          await woken
          continue
        }
        const opened: Command[] = []
        const closed: string[] = []
        for (const { bytes } of entries) {
          // One search per event instead of a parse: commands are rare.
          if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(COMMAND) < 0) continue
          const { event } = decodeLogRecord(bytes)
          if (event.type !== 'waytrace.command.v1') continue
          if (event.data.state !== 'sent') closed.push(event.data.commandId)
          else opened.push(...commandOf(event, event.data))
        }
        await state.commit(() => {
          for (const command of opened) void state.outbox.put(command.commandId, command)
          for (const id of closed) void state.outbox.remove(id)
        })
        await cursor.commit(last.position)
        for (const command of opened) if (state.outbox.get(command.commandId) !== undefined) downlink.send(command)
        wait.reset()
      } catch (err) {
        logger.warn({ err }, 'the command outbox waits and tries again')
        await clock.sleep(wait.next(), stopping.signal)
      }
    }
  }

  type CommandData = Extract<WaytraceEvent, { type: 'waytrace.command.v1' }>['data']
  function commandOf(event: WaytraceEvent, data: CommandData): Command[] {
    for (const { site, agent, devices } of ports.identities.list())
      for (const [device, { urn, kind }] of Object.entries(devices))
        if (urn === data.device) {
          const expiresAt =
            typeof data.expiresAt === 'string' && !Number.isNaN(Date.parse(data.expiresAt))
              ? data.expiresAt
              : new Date(Date.parse(event.recordedtime) + DEFAULT_EXPIRY_MS).toISOString()
          const payload = typeof data.payload === 'object' && data.payload !== null ? { ...data.payload } : {}
          return [{ commandId: data.commandId, site, agent, kind, device, verb: data.verb, expiresAt, payload }]
        }
    logger.warn({ device: data.device, commandId: data.commandId }, 'a command names a device that is not enrolled')
    return []
  }

  function open(site?: string, agent?: string): Command[] {
    const found: Command[] = []
    for (const { value } of state.outbox.getRange())
      if ((site === undefined || value.site === site) && (agent === undefined || value.agent === agent))
        found.push(value)
    return found
  }

  function expire(): void {
    const now = clock.now()
    for (const command of open()) {
      if (Date.parse(command.expiresAt) > now || expiring.has(command.commandId)) continue
      expiring.add(command.commandId)
      const { commandId, verb, site, agent, device } = command
      const urn = ports.identities.list().find((one) => one.site === site && one.agent === agent)?.devices[device]?.urn
      const event = ownFact(
        {
          id: nameId('expired', commandId),
          type: 'waytrace.command.v1',
          source: `urn:waytrace:${ports.deployment}:ingest`,
          data: { commandId, device: urn ?? device, verb, state: 'expired' },
        },
        now,
        `${state.spool}-outbox`,
      )
      log
        .append(encodeLogRecord({ receivedAt: now, site: 'centre', agent: 'ingest', event }))
        .catch((err: unknown) => logger.warn({ err }, 'the end of a command was not written'))
        .finally(() => expiring.delete(commandId))
    }
  }

  return {
    async start(): Promise<void> {
      const cursor = await log.cursor(CURSOR, { required: true })
      unsubscribe = log.onAppend(() => wake())
      for (const command of open()) downlink.send(command)
      loop = work(cursor)
      timer = clock.every(LOOK_MS, expire)
    },
    /** The agent has come (back): what still waits for it is sent again. */
    born(site: string, agent: string): void {
      for (const command of open(site, agent)) downlink.send(command)
    },
    open,
    async stop(): Promise<void> {
      stopping.abort()
      timer?.cancel()
      unsubscribe()
      wake()
      await loop
    },
  }
}
