import { type Centre, removeFolder, startCentre, whenDone } from '../centre.ts'
import type { BenchContext, Section } from '../context.ts'
import { monotonicUs, type Span } from '../cpu-profile.ts'
import { type Figure, median, type ThreadProfile } from '../figure.ts'
import { enrolledFolder, fleet } from '../fleet.ts'
import { decodeAndValidateAlone, journalAlone, mosquittoAlone } from '../floors.ts'
import { SCAN_EVERY } from '../load/events.ts'
import type { LoadResult } from '../load/plan.ts'
import { prepareLoad } from '../load/run-load.ts'
import { type Watch, watchCentre } from '../watch.ts'

const CONNECTIONS = 100
const TIMEOUT_MS = 600_000

interface Traffic {
  events: number
  perMessage: number
  window: number
  messagesPerSecond?: number
}

interface Run extends LoadResult {
  /** Events a second until the log, and until store and projections, had all of them. */
  accepted: number
  queryable: number
  acknowledged: number
  /** Processor time of the centre per event, in microseconds. */
  cpuUs: number
  span: Span
}

/** One event per message: what a site of single devices sends. */
export const ingestSingle: Section = {
  name: 'ingest-single',
  title: 'Durable ingest, one event per message',
  async run(context) {
    const traffic = { events: context.quick ? 20_000 : 100_000, perMessage: 1, window: 50 }
    const { runs, notes, profiles } = await measure(context, traffic, (all) => median(all.map(queryable)) >= 10_000)
    const bytes = Math.round(median(runs.map(({ eventBytes }) => eventBytes)))
    context.say('floors: the journal alone, Mosquitto alone')
    const journal = { entryBytes: bytes, entries: traffic.events, batch: 1, width: CONNECTIONS * traffic.window }
    const compare = [
      { name: 'journal alone, an entry each', value: await journalAlone(context.work, journal) },
      {
        name: 'Mosquitto, in memory, to one subscriber',
        value: await mosquittoAlone(fleet(CONNECTIONS), traffic.events, traffic.window),
      },
    ]
    const queryableFigure: Figure = {
      what: 'sent until queryable',
      value: median(runs.map(queryable)),
      unit: 'events/s',
      target: { atLeast: 10_000 },
      compare,
    }
    return {
      figures: [
        queryableFigure,
        { what: 'sent until in the log', value: median(runs.map(accepted)), unit: 'events/s' },
        { what: 'sent until acknowledged', value: median(runs.map(acknowledged)), unit: 'events/s' },
        { what: 'processor time of all threads', value: median(runs.map(({ cpuUs }) => cpuUs)), unit: 'us/event' },
      ],
      notes,
      profiles,
    }
  },
}

/** Batches: what an edge agent sends. */
export const ingestBatch: Section = {
  name: 'ingest-batch',
  title: 'Durable ingest, batches of 50',
  async run(context) {
    const traffic = { events: context.quick ? 50_000 : 300_000, perMessage: 50, window: 2 }
    const met = (all: readonly Run[]) => median(all.map(accepted)) >= 40_000 && median(all.map(queryable)) >= 15_000
    const { runs, notes, profiles } = await measure(context, traffic, met)
    const bytes = Math.round(median(runs.map(({ eventBytes }) => eventBytes)))
    context.say('floors: the journal alone, decoding and validating alone')
    const journal = { entryBytes: bytes, entries: traffic.events, batch: 50, width: 100 }
    const blocks = { name: 'journal alone, 50 at once', value: await journalAlone(context.work, journal) }
    const decode = { name: 'decode and validate alone, one core', value: decodeAndValidateAlone(100_000) }
    const compare = [blocks, decode]
    return {
      figures: [
        {
          what: 'sent until in the log',
          value: median(runs.map(accepted)),
          unit: 'events/s',
          target: { atLeast: 40_000 },
          compare,
        },
        {
          what: 'sent until queryable',
          value: median(runs.map(queryable)),
          unit: 'events/s',
          target: { atLeast: 15_000 },
          compare,
        },
        { what: 'sent until acknowledged', value: median(runs.map(acknowledged)), unit: 'events/s' },
        { what: 'processor time of all threads', value: median(runs.map(({ cpuUs }) => cpuUs)), unit: 'us/event' },
      ],
      notes,
      profiles,
    }
  },
}

/** Latency at a fixed rate, counted from when a message was due: a stall is not hidden by sending less. */
export const puback: Section = {
  name: 'puback',
  title: 'Publish to PUBACK at 5,000 messages a second',
  async run(context) {
    const traffic = { events: context.quick ? 15_000 : 75_000, perMessage: 1, window: 200, messagesPerSecond: 5000 }
    const met = (all: readonly Run[]) => median(all.map(({ p99 }) => p99)) <= 25
    const { runs, notes, profiles } = await measure(context, traffic, met)
    const of = (pick: (run: Run) => number) => median(runs.map(pick))
    return {
      figures: [
        { what: 'p50', value: of(({ p50 }) => p50), unit: 'ms' },
        { what: 'p99', value: of(({ p99 }) => p99), unit: 'ms', target: { atMost: 25 } },
        { what: 'longest', value: of(({ most }) => most), unit: 'ms' },
        { what: 'sent until queryable', value: of(queryable), unit: 'events/s' },
      ],
      notes,
      profiles,
    }
  },
}

/** Warm-up, runs, and where a target is missed one run more under the profiler. */
async function measure(
  context: BenchContext,
  traffic: Traffic,
  met: (runs: readonly Run[]) => boolean,
): Promise<{ runs: Run[]; notes: string[]; profiles: ThreadProfile[] }> {
  const senders = fleet(CONNECTIONS)
  const data = await enrolledFolder(context.work, 'ingest', senders)
  const runs: Run[] = []
  const centre = await startCentre({ data })
  const watch = watchCentre(data)
  try {
    await oneRun(centre, watch, { ...traffic, events: Math.ceil(traffic.events / 5) })
    for (let n = 0; n < context.repeats; n++) {
      const run = await oneRun(centre, watch, traffic)
      runs.push(run)
      context.say(
        `accepted ${Math.round(run.accepted)}/s, queryable ${Math.round(run.queryable)}/s, PUBACK p99 ${run.p99.toFixed(1)} ms, ${run.cpuUs.toFixed(0)} us of processor an event`,
      )
    }
  } finally {
    await watch.close()
    await centre.stop()
    removeFolder(data)
  }
  const busy = median(runs.map((run) => run.busy))
  const bytes = Math.round(median(runs.map(({ eventBytes }) => eventBytes)))
  const notes = [
    `${CONNECTIONS} connections, QoS 1, ${traffic.window} messages of each in flight, embedded store; ${traffic.events} events of ${bytes} bytes (${100 - 100 / SCAN_EVERY} % readings of two values, ${100 / SCAN_EVERY} % scans that name an order), median of ${runs.length} after a warm-up.`,
    'Every event was found in the log afterwards, each exactly once.',
    `The load generator used ${Math.round(busy * 100)} % of one core.`,
  ]
  return { runs, notes, profiles: met(runs) ? [] : await profile(context, traffic) }
}

async function profile(context: BenchContext, traffic: Traffic): Promise<ThreadProfile[]> {
  context.say('a target is missed: once more under the profiler')
  const data = await enrolledFolder(context.work, 'profiled', fleet(CONNECTIONS))
  const centre = await startCentre({ data, profile: true })
  const watch = watchCentre(data)
  await oneRun(centre, watch, { ...traffic, events: Math.ceil(traffic.events / 5) })
  const { span } = await oneRun(centre, watch, traffic)
  await watch.close()
  const profiles = await centre.profiles(span)
  removeFolder(data)
  return profiles
}

let counter = 0

async function oneRun(centre: Centre, watch: Watch, traffic: Traffic): Promise<Run> {
  const run = `run${counter++}`
  const { mqttPort: port } = centre
  const load = await prepareLoad({ host: '127.0.0.1', port, senders: fleet(CONNECTIONS), run, ...traffic })
  // Connections are facts of the log too: they must be through.
  await watch.quiet()
  const before = watch.accepted()
  const all = before + traffic.events
  const from = monotonicUs()
  const cpu = centre.cpuSeconds()
  const result = load.go()
  const acceptedAt = await whenDone(
    () => watch.accepted() >= all,
    TIMEOUT_MS,
    () => `${watch.accepted()} of ${all} accepted`,
  )
  const queryableAt = await whenDone(
    () => watch.queryable() >= all,
    TIMEOUT_MS,
    () => `${watch.queryable()} of ${all}`,
  )
  const done = await result
  const span = { from, to: monotonicUs() }
  const cpuUs = ((centre.cpuSeconds() - cpu) * 1e6) / traffic.events
  const { different, all: found } = watch.counted(before, run)
  await load.end()
  if (different !== traffic.events || found !== traffic.events)
    throw new Error(`${traffic.events} events were sent; the log has ${found}, of them ${different} different`)
  const rate = (at: number) => (traffic.events * 1000) / (at - done.begunAt)
  const rates = { accepted: rate(acceptedAt), queryable: rate(queryableAt), acknowledged: rate(done.acknowledgedAt) }
  return { ...done, ...rates, cpuUs, span }
}

function accepted(run: Run): number {
  return run.accepted
}

function queryable(run: Run): number {
  return run.queryable
}

function acknowledged(run: Run): number {
  return run.acknowledged
}
