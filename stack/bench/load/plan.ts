/** Who sends: an enrolled agent with two devices. */
export interface Sender {
  site: string
  agent: string
  password: string
  source: string
  probe: string
  scanner: string
}

/** What one run of the load generator sends. Given to it as a file. */
export interface LoadPlan {
  host: string
  port: number
  senders: Sender[]
  /** Names the run: begins the spools of its events. */
  run: string
  events: number
  /** 1: each event on its device's topic. More: batches. */
  perMessage: number
  /** Messages in flight per connection. */
  window: number
  /** Messages a second of all connections together; without it, as fast as the window allows. */
  messagesPerSecond?: number
}

/** What it says when everything is acknowledged. Times are UTC ms. */
export interface LoadResult {
  begunAt: number
  acknowledgedAt: number
  messages: number
  /** Mean bytes of one event's JSON. */
  eventBytes: number
  /** From when a message was due to its PUBACK, in ms. */
  p50: number
  p99: number
  most: number
  /** Share of one core that the generator itself used while it sent. */
  busy: number
}
