import type { DeviceSettings, Node, OpsError } from '@waytrace/standard'
import type { LogRecord } from '@waytrace/standard/journal'

/** One accepted event with its number: its position in the log. */
export interface AcceptedEvent extends LogRecord {
  position: number
  /** The log entry's own bytes (`encodeLogRecord`), where the reader has them: saves a store encoding it again. */
  bytes?: Uint8Array
}

/** What became of a batch. A rejected row never blocks its neighbours; `retry` says that none was taken. */
export interface WriteResult {
  accepted: number
  rejected: { index: number; error: OpsError }[]
  retry?: OpsError
  /** How long the store asks to be left alone, with `retry`. */
  retryAfterMs?: number
}

/** One measured value of one device, as series readers want it. `at` is UTC ms of the event's own time. */
export interface ReadingPoint {
  at: number
  device: string
  channel: string
  /** `sensorReport.type`, e.g. `Temperature`. */
  type: string
  /** In `unit`; switches are 0 and 1. Absent when the measurement failed: then `exception` says so. */
  value?: number
  unit?: string
  exception?: string
  position: number
}

export interface ReadingQuery {
  device: string
  type?: string | undefined
  channel?: string | undefined
  /** UTC ms, both inclusive. */
  from: number
  to: number
  limit?: number | undefined
}

export interface Page<T> {
  items: T[]
  /** Give back as `after` for the following page; absent on the last one. */
  next?: string
}

/** Events and series. Writing the same event twice leaves one; a write resolves when it is durable. */
export interface EventStore {
  write(batch: readonly AcceptedEvent[]): Promise<WriteResult>
  /** Every event that names the order, by event time, then number. `order` is the number or its URI. */
  eventsOfOrder(order: string, limit?: number): Promise<AcceptedEvent[]>
  /** By number, oldest first. */
  events(query: {
    after?: string | undefined
    limit: number
    device?: string | undefined
  }): Promise<Page<AcceptedEvent>>
  readings(query: ReadingQuery): Promise<ReadingPoint[]>
  count(): Promise<number>
  close(): Promise<void>
}

/** What is derived from the log in its order. `apply` is idempotent by position and durable when it resolves. */
export interface Projection {
  apply(batch: readonly AcceptedEvent[]): Promise<void>
  /** Number of the last event applied. */
  readonly appliedTo: number
  /** Events that no reducer could take, newest first: each is a bug to mend before a rebuild. */
  faults(limit: number): { position: number; message: string }[]
}

/** One visit of a lifecycle node. `at` and `expectedAt` are the events' own ISO strings. */
export interface NodeVisit {
  node: Node
  at?: string
  expectedAt?: string
  device?: string
  operator?: string
  place?: string
  /** Number of the event that proves it. */
  position?: number
  /** Later visits at other places: a cross-dock on the way. */
  again?: { at: string; place?: string }[]
}

export interface OrderView {
  /** The order's number as people say it, and its CBV URI. */
  order: string
  uri: string
  /** All 13 nodes in order; those without `at` were not reached. */
  nodes: NodeVisit[]
  /** The farthest node reached. */
  node: Node
  /** SSCCs and item EPCs that carry or carried it. */
  epcs: string[]
  customer?: string
  profile?: string
  promisedBy?: string
  /** Temperature limits in degrees Celsius, from the order or its labels. */
  limits?: { minC?: number; maxC?: number }
  /** Delivery window from the order or its labels. */
  window?: { notBefore?: string; notAfter?: string }
  /** Exceptions and other facts that are not nodes: kind, when, what. */
  notes: { at: string; kind: string; text: string; position: number }[]
  updatedAt: string
}

export interface OrderBook {
  /** By number or URI. */
  order(order: string): OrderView | undefined
  /** Newest change first; with a prefix of the order number, by number. */
  list(query: {
    after?: string | undefined
    limit: number
    node?: Node | undefined
    prefix?: string | undefined
  }): Page<OrderView>
  count(): number
  /** How many orders stand at each node now. */
  funnel(): Record<Node, number>
}

export interface DeviceView {
  device: string
  site: string
  agent: string
  kind: string
  slug: string
  state: 'ready' | 'unknown' | 'lost' | 'sleeping' | 'alert' | 'disconnected' | 'init'
  lastEventAt?: string
  lastReceivedAt?: number
  place?: string
  /** The newest value of each `type` and channel. */
  values: {
    type: string
    channel: string
    at: string
    value?: number | boolean | string
    unit?: string
    exception?: string
  }[]
  /** Why it is degraded, in its own words; absent when it is not. */
  reasons?: string[]
}

export interface DeviceBook {
  device(urn: string): DeviceView | undefined
  list(query: { after?: string | undefined; limit: number; site?: string | undefined }): Page<DeviceView>
  count(): number
}

/** One command to a device. Times are the events' own ISO strings. */
export interface CommandView {
  commandId: string
  device: string
  verb: string
  state: 'sent' | 'answered' | 'expired'
  sentAt: string
  /** Who sent it. */
  by?: string
  expiresAt?: string
  payload?: Record<string, unknown>
  /** When it was answered or given up. */
  endedAt?: string
  /** `{ok, result}` or `{ok, error}`, as the agent put it. */
  answer?: unknown
}

/** What the centre has set of a device. */
export interface SettingsView {
  device: string
  version: number
  settings: DeviceSettings
  changedAt: string
  /** Who changed it. */
  by?: string
  /** Number of the event that changed it. */
  position: number
  /** The version the agent last said it applies, and since when. */
  acknowledged?: { version: number | string; at: string }
}

/** What people ask of devices, and what became of it. */
export interface DeviceControl {
  /** Newest first. */
  commands(device: string, query: { after?: string | undefined; limit: number }): Page<CommandView>
  command(commandId: string): CommandView | undefined
  settings(device: string): SettingsView | undefined
  /** Settings whose newest change has a number above `after`, oldest change first. */
  changedSettings(after: number): SettingsView[]
}

/** Who carried what, when. `to` absent: still so. Times are UTC ms of event time. */
export interface CustodyInterval {
  /** The carried thing: an order URI, SSCC, item, vehicle or sensor. */
  member: string
  /** What carries it: package, vehicle, room, dock, carrier, leg, sensor, gateway, firmware. */
  group: string
  kind: 'package' | 'vehicle' | 'room' | 'dock' | 'carrier' | 'leg' | 'sensor' | 'gateway' | 'firmware' | 'order'
  from: number
  to?: number
  /** Numbers of the events it rests on. */
  evidence: number[]
}

/** Two statements that cannot both be true; both are kept. */
export interface CustodyFinding {
  member: string
  kind: 'two-vehicles' | 'not-inside'
  groups: string[]
  /** UTC ms of event time. */
  at: number
  /** Numbers of the events that contradict one another. */
  positions: number[]
}

export interface Custody {
  /** Every interval of a member, oldest first. */
  intervalsOf(member: string): CustodyInterval[]
  /** The groups an order was in, directly or through its packages, at a time. */
  groupsOfOrder(order: string, at: number): string[]
  ordersOfGroup(group: string, at: number): string[]
  /** Which sensors watched the order, from when to when: what joins readings to orders. */
  sensorsOfOrder(order: string): { device: string; through: string; from: number; to?: number }[]
  /** The inverse: which orders a sensor watched in a time span (UTC ms, ends included), and through what. */
  ordersWatched(
    device: string,
    from: number,
    to: number,
  ): { order: string; through: string; from: number; to?: number }[]
  /** Contradictions such as one package in two vehicles; gone when a late event explains them. */
  findings(query: { after?: string | undefined; limit: number }): Page<CustodyFinding>
}

/** One enrolled sender. `username` is `site/agent`; the password is known to the sender only. */
export interface Enrolment {
  site: string
  agent: string
  kind: 'agent' | 'gateway' | 'centre'
  sourceUrn: string
  /** Device slug -> what it is. `self` is the agent itself and always there. */
  devices: Record<string, { urn: string; kind: string }>
  /** `scrypt:N:r:p:salt:hash` (base64), or the SHA-256 fingerprint of the client certificate. */
  passwordHash?: string
  certificate?: string
  revokedAt?: number
}

export interface Identities {
  /** Makes or changes an enrolment; returns the new password when none was there or one was asked for. */
  enrol(
    wanted: Omit<Enrolment, 'passwordHash' | 'revokedAt'> & { password?: string; newPassword?: boolean },
  ): Promise<{ enrolment: Enrolment; password?: string }>
  /** The enrolment of valid credentials, else undefined. Takes the same time for unknown names. */
  authenticate(username: string, password: string): Promise<Enrolment | undefined>
  byCertificate(fingerprint: string): Enrolment | undefined
  find(site: string, agent: string): Enrolment | undefined
  list(): Enrolment[]
  revoke(site: string, agent: string, at: number): Promise<void>
}

/** What ingest could not accept, with its bytes and reason. */
export interface DeadLetter {
  id: string
  receivedAt: number
  topic: string
  origin: string
  code: string
  message: string
  issues: { path: string; message: string }[]
  payload: Uint8Array
  /** When it was sent through ingest again. */
  replayedAt?: number
}

export interface DeadLetters {
  /** All in one flush: a flood of poison must not cost a flush each. */
  add(...letters: DeadLetter[]): Promise<void>
  get(id: string): DeadLetter | undefined
  /** Newest first. */
  list(query: { after?: string | undefined; limit: number; code?: string | undefined }): Page<DeadLetter>
  markReplayed(id: string, at: number): Promise<void>
  count(): number
}

/** All that is known at one deployment, in one folder; several processes may read while one writes. */
export interface Knowledge {
  orders: OrderBook
  devices: DeviceBook
  control: DeviceControl
  custody: Custody
  identities: Identities
  deadLetters: DeadLetters
  /** Orders, devices, stages and custody together, in one transaction with their position. */
  projection: Projection
  /** Drops what `projection` derived; identities and dead letters stay. Apply the log again from its first event. */
  rebuild(): Promise<void>
  close(): Promise<void>
}
