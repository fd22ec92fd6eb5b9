import { join } from 'node:path'
import { eventId, type WaytraceEvent } from '@waytrace/standard'
import { encodeRawRecord, type Journal, openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { eventually, objectEvent, tempDir } from '@waytrace/standard/testing'
import type { AcceptedEvent, DeadLetter, Enrolment, EventStore } from '@waytrace/store'
import { createIngest, type IngestOptions, type IngestPorts, type Log, type Mark } from '../src/index.ts'

export const AGENT = { site: 'wh1', agent: 'edge1' } as const
export const SOURCE = 'urn:epc:id:giai:9521234.edge1'
export const SCANNER = 'urn:epc:id:giai:9521234.scn1'
export const SCAN_TOPIC = 'wt/v1/wh1/edge1/scanner/scn1/evt/scan'
export const BATCH_TOPIC = 'wt/v1/wh1/edge1/agent/self/batch'

export const ENROLMENT: Enrolment = {
  ...AGENT,
  kind: 'agent',
  sourceUrn: SOURCE,
  devices: {
    self: { urn: SOURCE, kind: 'agent' },
    scn1: { urn: SCANNER, kind: 'scanner' },
    tmp1: { urn: 'urn:epc:id:giai:9521234.tmp1', kind: 'sensor' },
  },
}

/** The n-th event of the agent's spool: unlike the builder's, its number is its sequence. */
export function event(n: number, overrides: Partial<WaytraceEvent> = {}): WaytraceEvent {
  return {
    ...objectEvent({
      id: eventId(Date.UTC(2026, 0, 15, 8) + n),
      source: SOURCE,
      deviceid: SCANNER,
      spool: 'spool-a',
      sequence: sequence(n),
    }),
    ...overrides,
  } as WaytraceEvent
}

export function sequence(n: number): string {
  return String(n).padStart(20, '0')
}

export const quiet: Log = { info() {}, warn() {}, error() {} }

export function memoryDeadLetters() {
  const letters = new Map<string, DeadLetter>()
  return {
    letters,
    codes: () => [...letters.values()].map(({ code }) => code),
    async add(...added: DeadLetter[]) {
      for (const letter of added) letters.set(letter.id, { ...letter, payload: Uint8Array.from(letter.payload) })
    },
  }
}

/** Keeps what it was given, by number. */
export function listStore() {
  const rows = new Map<number, AcceptedEvent>()
  const store: Pick<EventStore, 'write'> = {
    async write(batch) {
      for (const row of batch) rows.set(row.position, row)
      return { accepted: batch.length, rejected: [] }
    },
  }
  return { ...store, rows }
}

export interface World {
  path: string
  journal: Journal
  log: Journal
  store: ReturnType<typeof listStore>
  deadLetters: ReturnType<typeof memoryDeadLetters>
  enrolments: Enrolment[]
  marks: Mark[]
  born: string[]
  ports: IngestPorts
  /** Appends one message to the raw journal as the broker does. */
  send(topic: string, payload: unknown, origin?: { kind: 'mqtt' | 'centre'; name: string }): Promise<number>
  /** Everything in the log. */
  logged(): AcceptedEvent[]
  ingest(options?: Partial<IngestOptions>, ports?: Partial<IngestPorts>): ReturnType<typeof createIngest>
  close(): Promise<void>
}

const JOURNAL = { maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' as const }

/** A deployment in a folder of its own: real journals, a memory store. */
export function world(path = tempDir('ingest'), sizes: { log?: number } = {}): World {
  const clock = systemClock()
  const journal = openJournal({ ...JOURNAL, path: join(path, 'journal') })
  const log = openJournal({ ...JOURNAL, path: join(path, 'log'), maxBytes: sizes.log ?? JOURNAL.maxBytes })
  const store = listStore()
  const deadLetters = memoryDeadLetters()
  const enrolments = [ENROLMENT]
  const marks: Mark[] = []
  const born: string[] = []
  const ports: IngestPorts = {
    journal,
    log,
    knowledge: {
      identities: {
        find: (site, agent) => enrolments.find((one) => one.site === site && one.agent === agent),
        list: () => enrolments,
      },
      deadLetters,
    },
    stores: { store },
    clock,
    logger: quiet,
    downlink: {
      mark: (mark) => void marks.push(mark),
      born: (site, agent) => void born.push(`${site}/${agent}`),
      send() {},
    },
  }
  const stops: (() => Promise<void>)[] = []
  return {
    path,
    journal,
    log,
    store,
    deadLetters,
    enrolments,
    marks,
    born,
    ports,
    send(topic, payload, origin = { kind: 'mqtt', name: 'wh1/edge1' }) {
      const bytes =
        payload instanceof Uint8Array
          ? payload
          : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
      return journal.append(encodeRawRecord({ receivedAt: clock.now(), origin, topic, payload: bytes }))
    },
    logged() {
      return log
        .read(1, Number.MAX_SAFE_INTEGER)
        .map(({ position, bytes }) => ({ position, ...JSON.parse(Buffer.from(bytes).toString()) }))
    },
    ingest(options = {}, extra = {}) {
      const made = createIngest({ statePath: join(path, 'dedupe'), ...options }, { ...ports, ...extra })
      stops.push(() => made.stop())
      return made
    },
    async close() {
      for (const stop of stops.splice(0)) await stop()
      await journal.close()
      await log.close()
    },
  }
}

/** Waits until ingest has passed the whole raw journal and every store the whole log. */
export async function settled(made: ReturnType<typeof createIngest>): Promise<void> {
  await eventually(() => {
    const { rawBehind, logBehind } = made.stats()
    return rawBehind === 0 && Object.values(logBehind).every((behind) => behind === 0)
  })
}
