import type { FrameContext } from '@waytrace/devices'
import type { OpsError, Stream, WaytraceEvent } from '@waytrace/standard'
import type { Clock } from '@waytrace/standard/process'

/** Time of the agent. `monotonic` (ms, never jumps) lets it see the clock jump; without it no jump is looked for. */
export type AgentClock = Clock & { monotonic?(): number }

/** State changes only; facts as fields, credentials never. pino fits. */
export interface AgentLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

type Stamped =
  | 'specversion'
  | 'id'
  | 'source'
  | 'recordedtime'
  | 'sequence'
  | 'spool'
  | 'datacontenttype'
  | 'dataschema'
type DraftOf<E> = E extends WaytraceEvent ? Omit<E, Stamped> & { id?: string } : never

/** An event as station or sensor states it: the spool stamps id (if there is none), source and sequence. */
export type EventBody = DraftOf<WaytraceEvent>

/** An event with the topic it belongs to. */
export interface EventDraft {
  kind: string
  device: string
  stream: Stream
  event: EventBody
}

/** What the spool stamped on an event. */
export interface Stamp {
  id: string
  recordedtime: string
  sequence: string
  spool: string
}

/** One frame as a link cut it. `model` names the driver where the transport tells it apart (Teltonika codecs). */
export interface Frame extends FrameContext {
  bytes: Uint8Array
  topic?: string
  model?: string
}

/** What a link tells the agent. */
export interface LinkEvents {
  /** Resolves when all that became of the frame is durable: only then may the link acknowledge it. */
  frame(frame: Frame): Promise<void>
  /** Bytes that are no frame, kept as a dead letter; resolves when they are durable. */
  bad(bytes: Uint8Array, error: OpsError, address?: string): Promise<void>
  /** `address` when only one of several devices changed. */
  state(state: 'up' | 'down', detail: { reason?: string; address?: string }): void
  /** Whether a device with this address may speak on the link. */
  knows(address: string): boolean
}

/** A connection to devices. It reconnects by itself with back-off; after `stop` resolves it emits nothing more. */
export interface Link {
  start(): Promise<void>
  stop(): Promise<void>
  /** Sends a command to a device and resolves with its answer, where the transport has one. */
  send?(address: string | undefined, text: string): Promise<string>
  /** Where it listens, once started. */
  address?(): { host: string; port: number }
}
