import { checkEvent, type SensorReport, type WaytraceEvent } from '@waytrace/standard'
import { type DwellBook, newDwellBook } from '../dwell/dwell-book.ts'
import { type AlarmFact, applySignal, newAlarmBook } from './alarm-book.ts'
import { RULE_DEFAULTS, type RuleConfig } from './config.ts'
import type { RuleContext } from './reading.ts'
import { judgeEvent, judgeTime, newRuleState } from './rule-set.ts'
import type { Signal } from './signal.ts'

export const MINUTE = 60_000
export const START = Date.UTC(2025, 5, 2, 8)
export const ORDER = 'urn:epcglobal:cbv:bt:9521321000010:4711'
export const TRUCK = 'https://id.gs1.org/8004/9521321TRUCK1'
export const SENSOR = 'urn:waytrace:device:probe-1'

let serial = 0

/** One event of a device that reports these measurements. */
export function reported(at: number, device: string, reports: SensorReport[], backfill = false): WaytraceEvent {
  serial += 1
  const time = new Date(at).toISOString()
  return checkEvent({
    specversion: '1.0',
    id: `urn:uuid:00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    source: 'urn:waytrace:agent:dock-1',
    type: 'waytrace.object.v1',
    time,
    tzoffset: '+00:00',
    recordedtime: time,
    sequence: String(serial).padStart(20, '0'),
    spool: 'spool-1',
    deviceid: device,
    ...(backfill ? { backfill } : {}),
    data: {
      action: 'OBSERVE',
      bizStep: 'sensor_reporting',
      readPoint: { id: 'https://id.gs1.org/414/9521321000010' },
      sensorElementList: [{ sensorMetadata: { time, deviceID: device }, sensorReport: reports }],
    },
  })
}

/** Rules, book and dwell on one axis of minutes after `START`. Everything told is in `told`. */
export function scene(context: RuleContext = { orders: [] }, config: Partial<RuleConfig> = {}) {
  const settings = { ...RULE_DEFAULTS, ...config }
  let state = newRuleState()
  let book = newAlarmBook()
  let dwell: DwellBook = newDwellBook()
  const told: (AlarmFact & { minute: number })[] = []

  function tell(signals: readonly Signal[]): void {
    for (const signal of signals) {
      const fact = applySignal(book, signal)
      if (fact !== undefined) told.push({ ...fact, minute: (Date.parse(fact.at) - START) / MINUTE })
    }
  }

  const axis = {
    told,
    settings,
    state: () => state,
    book: () => book,
    dwell: () => dwell,
    tell,
    /** An event at a minute. */
    event(event: WaytraceEvent, at = Date.parse(event.time)) {
      tell(judgeEvent(state, event, at, () => context, settings))
    },
    at(minute: number, reports: SensorReport[], device = SENSOR) {
      axis.event(reported(START + minute * MINUTE, device, reports))
    },
    celsius(minute: number, value: number, device = SENSOR) {
      axis.at(minute, [{ type: 'Temperature', value, uom: 'CEL' }], device)
    },
    tick(minute: number) {
      tell(judgeTime(state, dwell, START + minute * MINUTE, settings))
    },
    /** Killed, and woken with what was written down. */
    restart() {
      state = JSON.parse(JSON.stringify(state))
      book = JSON.parse(JSON.stringify(book))
      dwell = JSON.parse(JSON.stringify(dwell))
    },
    first: (kind: string) => told.find((fact) => fact.kind === kind),
    /** `kind state@minute` of everything told. */
    said: (kind?: string) =>
      told
        .filter((fact) => kind === undefined || fact.kind === kind)
        .map((fact) => `${fact.kind} ${fact.state}@${fact.minute}`),
  }
  return axis
}
