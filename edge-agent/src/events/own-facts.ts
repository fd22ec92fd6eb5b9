import type { WaytraceEvent } from '@waytrace/standard'
import type { EventDraft } from '../ports.ts'
import { isoTime } from './local-time.ts'

type Body<T extends WaytraceEvent['type']> = Extract<WaytraceEvent, { type: T }>['data']

export interface SelfPorts {
  source: string
  tzOffset: (atMs: number) => string
}

/** The agent's own state as an event on `agent/self`. */
export function healthEvent(atMs: number, data: Body<'waytrace.health.v1'>, ports: SelfPorts): EventDraft {
  return {
    ...SELF,
    event: {
      type: 'waytrace.health.v1',
      ...moment(atMs, ports),
      ...(data.state === 'ok' ? { severitynumber: 9 } : { severitynumber: 13, severitytext: 'WARN' }),
      data,
    },
  }
}

/** What will never come, or a clock that jumped. */
export function gapEvent(atMs: number, data: Body<'waytrace.gap.v1'>, ports: SelfPorts): EventDraft {
  return {
    ...SELF,
    event: { type: 'waytrace.gap.v1', ...moment(atMs, ports), severitynumber: 13, severitytext: 'WARN', data },
  }
}

const SELF = { kind: 'agent', device: 'self', stream: 'health' } as const

function moment(atMs: number, { source, tzOffset }: SelfPorts) {
  return { time: isoTime(atMs), tzoffset: tzOffset(atMs), deviceid: source, subject: source }
}
