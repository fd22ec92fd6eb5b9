import type { ThreadProfile } from './figure.ts'

interface Profile {
  /** Microseconds of the machine's monotonic clock. */
  startTime: number
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

const SHOWN = 14

/** A stretch of time in microseconds of the machine's monotonic clock, which all processes share. */
export interface Span {
  from: number
  to: number
}

export function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/** The functions with the greatest self time in a V8 CPU profile during the span. */
export function profileOf(json: string, { from, to }: Span): ThreadProfile {
  const { startTime, nodes, samples, timeDeltas } = JSON.parse(json) as Profile
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let total = 0
  let at = startTime
  for (const [i, id] of samples.entries()) {
    const delta = timeDeltas[i] ?? 0
    at += delta
    if (at < from || at > to) continue
    const name = names.get(id) ?? '?'
    total += delta
    times.set(name, (times.get(name) ?? 0) + delta)
  }
  const busy = total - (times.get('(idle)') ?? 0)
  times.delete('(idle)')
  const functions = [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, time]) => ({ name, share: time / busy }))
  return { name: threadOf(nodes), busy: busy / total, functions }
}

/** By what ran in it. */
function threadOf(nodes: Profile['nodes']): string {
  const ran = (part: string) => nodes.some(({ callFrame }) => callFrame.url.includes(part))
  if (ran('/broker/dist/durable-ack')) return 'the main thread (broker, HTTP)'
  if (ran('/ingest/dist/pipeline')) return 'the ingest thread'
  if (ran('/ingest/dist/writers/store-writer')) return 'the store thread'
  return 'another thread'
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^file:\/\/.*?\/(\w[\w-]*(\/server)?\/dist\/)/, '$1')
  return `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
}
