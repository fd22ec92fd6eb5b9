import type { WaytraceEvent } from '@waytrace/standard'
import { type Cursor, decodeLogRecord, encodeLogRecord, type Journal } from '@waytrace/standard/journal'
import { backoff, type Clock, type Timer } from '@waytrace/standard/process'
import { findDevice, type Identities } from '@waytrace/store'
import type { Command, Downlink, Log } from './ports.ts'
import { type LazyCursor, lazyCursor } from './sources/lazy-cursor.ts'
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
  let lazy: LazyCursor | undefined
  const expiring = new Set<string>()

  async function work(cursor: Cursor, lazy: LazyCursor): Promise<void> {
    let after = cursor.position
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      try {
        lazy.check()
        const entries = cursor.read(READ, after)
        const last = entries.at(-1)
        if (last === undefined) {
          await woken
          continue
        }
        const opened = new Map<string, Command>()
        const closed: string[] = []
        for (const { bytes } of entries) {
          // One search per event instead of a parse: commands are rare.
          if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(COMMAND) < 0) continue
          const { event } = decodeLogRecord(bytes)
          if (event.type !== 'waytrace.command.v1') continue
          const { commandId, device, state: became } = event.data
          if (became === 'sent') for (const command of commandOf(event, event.data)) opened.set(commandId, command)
          // One agent must not end what another was asked.
          else if ((opened.get(commandId) ?? state.outbox.get(commandId))?.urn === device) closed.push(commandId)
        }
        if (opened.size > 0 || closed.length > 0)
          await state.commit(() => {
            for (const [id, command] of opened) void state.outbox.put(id, command)
            for (const id of closed) void state.outbox.remove(id)
          })
        lazy.passed(last.position)
        // A command read again after a crash might be sent again after its answer; other events may be read again.
        if (opened.size > 0) await lazy.settle()
        after = last.position
        for (const id of opened.keys()) send(state.outbox.get(id))
        wait.reset()
      } catch (err) {
        logger.warn({ err }, 'the command outbox waits and tries again')
        await clock.sleep(wait.next(), stopping.signal)
      }
    }
  }

  type CommandData = Extract<WaytraceEvent, { type: 'waytrace.command.v1' }>['data']
  function commandOf(event: WaytraceEvent, data: CommandData): Command[] {
    const { commandId, device, verb, payload = {} } = data
    const found = findDevice(ports.identities, device)
    if (found === undefined) {
      logger.warn({ device, commandId }, 'a command names a device that is not enrolled')
      return []
    }
    const expiresAt = data.expiresAt ?? new Date(Date.parse(event.recordedtime) + DEFAULT_EXPIRY_MS).toISOString()
    return [{ ...found, commandId, verb, expiresAt, payload }]
  }

  /** What has expired is not sent, although its end may not be written yet. */
  function send(command: Command | undefined): void {
    if (command !== undefined && Date.parse(command.expiresAt) > clock.now()) downlink.send(command)
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
      const { commandId, verb, urn } = command
      const event = ownFact(
        {
          id: nameId('expired', commandId),
          type: 'waytrace.command.v1',
          source: `urn:waytrace:${ports.deployment}:ingest`,
          data: { commandId, device: urn, verb, state: 'expired' },
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
      for (const command of open()) send(command)
      lazy = lazyCursor(cursor, clock, () => wake())
      loop = work(cursor, lazy)
      timer = clock.every(LOOK_MS, expire)
    },
    /** The agent has come (back): what still waits for it is sent again. */
    born(site: string, agent: string): void {
      for (const command of open(site, agent)) send(command)
    },
    open,
    async stop(): Promise<void> {
      stopping.abort()
      timer?.cancel()
      unsubscribe()
      wake()
      await loop
      await lazy?.settle().catch((err: unknown) => logger.warn({ err }, 'the cursor of the outbox was not moved'))
    },
  }
}
