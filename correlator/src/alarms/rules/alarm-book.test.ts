import { waytraceEvent } from '@waytrace/standard'
import { describe, expect, it } from 'vitest'
import { acknowledge, activeAlarms, applySignal, expireAcknowledgements, newAlarmBook } from './alarm-book.ts'
import { MINUTE, ORDER, reported, SENSOR, START } from './scene.fixture.ts'
import type { Signal } from './signal.ts'

const signal = (minute: number, change: Partial<Signal> = {}): Signal => ({
  kind: 'temperature-high',
  entity: ORDER,
  at: START + minute * MINUTE,
  active: true,
  since: START,
  severity: 'warning',
  message: 'too warm',
  worth: '1',
  details: {},
  ...change,
})

describe('the alarm book', () => {
  it('raises once, tells news every five minutes at most, and clears once', () => {
    const book = newAlarmBook()
    expect(applySignal(book, signal(0))?.state).toBe('raised')
    expect(applySignal(book, signal(1))).toBeUndefined()
    expect(applySignal(book, signal(2, { worth: '2' }))).toBeUndefined()
    expect(applySignal(book, signal(6, { worth: '2' }))?.state).toBe('updated')
    expect(applySignal(book, signal(7, { active: false }))?.state).toBe('cleared')
    expect(applySignal(book, signal(8, { active: false }))).toBeUndefined()
  })

  it('tells at once when it gets graver, and stays as grave until it is over', () => {
    const book = newAlarmBook()
    applySignal(book, signal(0))
    expect(applySignal(book, signal(1, { severity: 'fatal' }))).toMatchObject({ state: 'updated', severity: 'fatal' })
    expect(applySignal(book, signal(20, { severity: 'info', worth: '9' }))?.severity).toBe('fatal')
  })

  it('keeps one id from raising to clearing, another one the next time, and counts what comes back', () => {
    const book = newAlarmBook()
    const first = applySignal(book, signal(0))
    expect(applySignal(book, signal(5, { active: false }))?.alarmId).toBe(first?.alarmId)
    const second = applySignal(book, signal(10))
    expect(second?.alarmId).not.toBe(first?.alarmId)
    expect(second?.repeats).toBe(1)
    applySignal(book, signal(15, { active: false }))
    expect(applySignal(book, signal(300))?.repeats).toBeUndefined()
  })

  it('alarms of two entities or two kinds do not meet', () => {
    const book = newAlarmBook()
    applySignal(book, signal(0))
    expect(applySignal(book, signal(0, { entity: SENSOR }))?.state).toBe('raised')
    expect(applySignal(book, signal(0, { kind: 'temperature-low' }))?.state).toBe('raised')
    expect(activeAlarms(book)).toHaveLength(3)
  })

  it('is acknowledged with owner, note and an end, after which it is nobody’s again', () => {
    const book = newAlarmBook()
    const about = { kind: 'temperature-high', entity: ORDER } as const
    expect(acknowledge(book, about, { at: START, by: 'gsrn-1' })).toBeUndefined()
    applySignal(book, signal(0))
    const until = START + 30 * MINUTE
    expect(acknowledge(book, about, { at: START + MINUTE, by: 'gsrn-1', note: 'driver called', until })).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'gsrn-1',
      note: 'driver called',
    })
    expect(activeAlarms(book)[0]?.acknowledgedBy).toBe('gsrn-1')
    expect(expireAcknowledgements(book, until - 1)).toEqual([])
    expect(expireAcknowledgements(book, until)).toMatchObject([{ state: 'updated' }])
    expect(activeAlarms(book)[0]?.acknowledgedBy).toBeUndefined()
  })

  it('says what the event standard takes', () => {
    const { deviceid: _, ...event } = reported(START, SENSOR, [{ type: 'Temperature', value: 5 }])
    const data = applySignal(newAlarmBook(), signal(0))
    expect(waytraceEvent.safeParse({ ...event, type: 'waytrace.alarm.v1', data }).success).toBe(true)
  })
})
