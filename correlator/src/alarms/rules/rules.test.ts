import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noteDwell } from '../dwell/dwell-book.ts'
import { delivered, promise } from './late.ts'
import type { RuleContext } from './reading.ts'
import { judgeEvent, newRuleState, orderDelivered, stageReached } from './rule-set.ts'
import { MINUTE, ORDER, reported, SENSOR, START, scene, TRUCK } from './scene.fixture.ts'

const chilled: RuleContext = { orders: [{ order: ORDER, temperature: { min: 2, max: 8 } }] }
const aboard: RuleContext = { orders: [], vehicle: TRUCK }

describe('temperature limits of an order', () => {
  it('ten minutes above the limit raise one alarm, back by the hysteresis clears it', () => {
    const axis = scene(chilled)
    for (let m = 0; m <= 20; m += 2) axis.celsius(m, m < 4 ? 6 : 9)
    for (let m = 22; m <= 26; m += 2) axis.celsius(m, 7.8)
    expect(axis.said('temperature-high')).toEqual(['temperature-high raised@14'])
    axis.celsius(28, 7.4)
    expect(axis.said('temperature-high')).toEqual(['temperature-high raised@14', 'temperature-high cleared@28'])
    expect(axis.first('temperature-high')?.since).toBe(new Date(START + 4 * MINUTE).toISOString())
  })

  it('a restart in minute seven of a ten-minute rule does not start over', () => {
    const axis = scene(chilled)
    for (let m = 0; m <= 12; m++) {
      axis.celsius(m, 9)
      if (m === 7) axis.restart()
    }
    expect(axis.said('temperature-high')).toEqual(['temperature-high raised@10'])
  })

  it('the time runs out between two readings: the timer raises, while the last reading is fresh', () => {
    const axis = scene(chilled)
    axis.celsius(0, 9)
    axis.tick(9)
    expect(axis.said('temperature-high')).toEqual([])
    axis.tick(10)
    expect(axis.said('temperature-high')).toEqual(['temperature-high raised@10'])
    const silent = scene(chilled)
    silent.celsius(0, 9)
    silent.tick(16)
    expect(silent.said('temperature-high')).toEqual([])
  })

  it('many short excursions add up: the cumulative timer raises where no single one would', () => {
    const axis = scene(chilled)
    for (let m = 0; m < 200; m += 2) axis.celsius(m, m % 16 < 8 ? 9 : 6)
    const first = axis.first('temperature-high')
    expect(first?.state).toBe('raised')
    expect(first?.details?.cumulativeMs).toBeGreaterThanOrEqual(60 * MINUTE)
  })

  it('hours without a reading are not time outside, and are counted as unknown', () => {
    const axis = scene(chilled)
    axis.celsius(0, 9)
    axis.celsius(180, 9)
    expect(axis.told[0]?.details).toMatchObject({ cumulativeMs: 0, unknownMs: 180 * MINUTE })
  })

  it('a failed measurement is no temperature, and a reading that came late changes nothing', () => {
    const axis = scene(chilled)
    for (let m = 0; m <= 8; m += 2) axis.celsius(m, 9)
    axis.at(9, [{ type: 'Temperature', exception: 'ERROR_CONDITION', 'wt:reason': 'sentinel' }])
    const before = JSON.stringify(axis.state().limits)
    axis.celsius(3, 5)
    expect(JSON.stringify(axis.state().limits)).toBe(before)
  })

  it('frost is judged by the lower limit, humidity by its own', () => {
    const axis = scene({ orders: [{ order: ORDER, temperature: { min: 2 }, humidity: { max: 60 } }] })
    for (let m = 0; m <= 10; m += 5)
      axis.at(m, [
        { type: 'Temperature', value: 1, uom: 'CEL' },
        { type: 'RelativeHumidity', value: 70, uom: 'P1' },
      ])
    expect(axis.said().sort()).toEqual(['humidity-high raised@10', 'temperature-low raised@10'])
  })

  it('the order moves to another sensor that finds it in range: the alarm of the silent one is over', () => {
    const axis = scene(chilled)
    for (let m = 0; m <= 10; m += 5) axis.celsius(m, 9)
    axis.celsius(40, 5, 'urn:waytrace:device:probe-2')
    expect(axis.said('temperature-high')).toEqual(['temperature-high raised@10', 'temperature-high cleared@40'])
  })

  it('a second sensor in range does not clear what the first still says', () => {
    const axis = scene(chilled)
    for (let m = 0; m <= 20; m += 5) {
      axis.celsius(m, 9)
      axis.celsius(m, 5, 'urn:waytrace:device:probe-2')
    }
    expect(axis.said('temperature-high')).toEqual(['temperature-high raised@10'])
  })

  it('delivery ends the alarm', () => {
    const axis = scene(chilled)
    for (let m = 0; m <= 10; m += 5) axis.celsius(m, 9)
    axis.tell(orderDelivered(axis.state(), axis.dwell(), ORDER, START + 12 * MINUTE))
    expect(axis.said('temperature-high')).toEqual(['temperature-high raised@10', 'temperature-high cleared@12'])
    expect(axis.state().limits.runs).toEqual({})
  })

  it('a calibration that ran out and an impossible value mark the alarm; the reading still counts', () => {
    const axis = scene({ ...chilled, calibratedUntil: START })
    for (let m = 1; m <= 11; m += 5) axis.celsius(m, 120)
    expect(axis.told.find(({ kind }) => kind === 'temperature-high')?.details?.marks).toEqual([
      'implausible',
      'calibration-expired',
    ])
  })

  it('at most one alarm is active per order and kind, whatever is measured', () => {
    const readings = fc.array(
      fc.record({ value: fc.integer({ min: -5, max: 15 }), step: fc.integer({ min: 1, max: 20 }) }),
      {
        maxLength: 60,
      },
    )
    fc.assert(
      fc.property(readings, (list) => {
        const axis = scene(chilled)
        let minute = 0
        for (const { value, step } of list) {
          minute += step
          axis.celsius(minute, value)
        }
        for (const kind of ['temperature-high', 'temperature-low']) {
          const states = axis.told
            .filter((fact) => fact.kind === kind && fact.state !== 'updated')
            .map(({ state }) => state)
          states.forEach((state, i) => {
            expect(state).toBe(i % 2 === 0 ? 'raised' : 'cleared')
          })
        }
      }),
    )
  })
})

describe('machines', () => {
  it('a door left open while the truck drives is told after a minute, and closed it is over', () => {
    const axis = scene(aboard)
    const door = (minute: number, open: boolean) =>
      axis.at(minute, [{ type: 'wt:DoorOpen', booleanValue: open }], 'urn:x:door')
    const speed = (minute: number, value: number) =>
      axis.at(minute, [{ type: 'Speed', value, uom: 'KMH' }], 'urn:x:gps')
    door(0, true)
    speed(1, 0)
    speed(2, 30)
    speed(3, 40)
    door(5, false)
    expect(axis.said('door-open-moving')).toEqual(['door-open-moving raised@3', 'door-open-moving cleared@5'])
    expect(axis.told[0]).toMatchObject({ entity: TRUCK, since: new Date(START + 2 * MINUTE).toISOString() })
  })

  it('a reefer that is off for five minutes is told by the timer; a defrost is not off', () => {
    const axis = scene(aboard)
    const mode = (minute: number, text: string) =>
      axis.at(minute, [{ type: 'wt:OperatingMode', stringValue: text }], 'urn:x:reefer')
    mode(0, 'defrost')
    mode(10, 'off')
    axis.tick(14)
    axis.tick(15)
    mode(30, 'cooling')
    expect(axis.said('reefer-off')).toEqual(['reefer-off raised@15', 'reefer-off cleared@30'])
    expect(axis.told[0]?.entity).toBe(TRUCK)
  })

  it('reefer alarms count from the level on, several are one alarm that is over with the last', () => {
    const axis = scene(aboard)
    const alarm = (minute: number, code: string, grade: number, active: boolean) =>
      axis.at(
        minute,
        [
          {
            type: 'wt:ReeferAlarm',
            stringValue: code,
            'wt:reeferSeverity': grade,
            ...(active ? { exception: 'ALARM_CONDITION' } : { 'wt:active': false }),
          },
        ],
        'urn:x:reefer',
      )
    alarm(0, '00001', 3, true)
    alarm(1, '00018', 9, true)
    alarm(10, '00063', 15, true)
    alarm(20, '00018', 9, false)
    alarm(30, '00063', 15, false)
    expect(axis.said('reefer-alarm')).toEqual([
      'reefer-alarm raised@1',
      'reefer-alarm updated@10',
      'reefer-alarm updated@20',
      'reefer-alarm cleared@30',
    ])
    expect(axis.told[1]?.severity).toBe('fatal')
  })

  it('trouble codes of a vehicle are one alarm; a code nobody repeats for a day is over', () => {
    const axis = scene(aboard)
    const code = (minute: number, name: string) =>
      axis.at(
        minute,
        [
          {
            type: 'wt:DiagnosticTroubleCode',
            uriValue: `https://waytrace.dev/ns/obd/${name}`,
            exception: 'ERROR_CONDITION',
          },
        ],
        'urn:x:obd',
      )
    code(0, 'P0299')
    code(10, 'P0420')
    axis.tick(25 * 60)
    expect(axis.said('trouble-code')).toEqual([
      'trouble-code raised@0',
      'trouble-code updated@10',
      'trouble-code cleared@1500',
    ])
    expect(axis.told[1]?.message).toBe('trouble codes P0299, P0420')
  })

  it('a blow on three axes together is a shock, over after half an hour of quiet', () => {
    const axis = scene()
    const axes = (minute: number, g: number) =>
      axis.at(
        minute,
        (['x', 'y', 'z'] as const).map((component) => ({ type: 'Acceleration', component, value: g, uom: 'K40' })),
      )
    axes(0, 0.6)
    axes(5, 2.5)
    axis.tick(30)
    axis.tick(35)
    expect(axis.said('shock')).toEqual(['shock raised@5', 'shock cleared@35'])
  })

  it('a temperature that runs away is told before any limit is broken', () => {
    const axis = scene()
    for (let m = 0; m <= 10; m++) axis.celsius(m, 4 + (m > 3 ? (m - 3) * 0.9 : 0))
    for (let m = 11; m <= 20; m++) axis.celsius(m, 10.3)
    expect(axis.said('rate-of-change').map((text) => text.split('@')[0])).toEqual([
      'rate-of-change raised',
      'rate-of-change cleared',
    ])
  })

  it('a warming box is warned of fifteen minutes before its limit; the warning ends when the limit is broken', () => {
    const axis = scene(chilled)
    const minutes = Array.from({ length: 300 }, (_, i) => i * 5)
    for (const m of minutes) axis.celsius(m, 4 + 0.1 * Math.sin(m) + Math.max(0, m - 1200) * 0.04)
    const warned = axis.told.find(({ kind }) => kind === 'breach-forecast-high')
    const broken = axis.told.find(({ kind }) => kind === 'temperature-high')
    expect((broken?.minute ?? 0) - 10 - (warned?.minute ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(15)
    expect(warned?.details).toMatchObject({ limit: 8, orders: [ORDER] })
    expect(axis.said('breach-forecast-high').at(-1)).toMatch(/cleared@/)
  })
})

describe('silence', () => {
  it('four usual intervals without a word are silence; the next word ends it', () => {
    const axis = scene()
    for (let m = 0; m <= 60; m += 5) axis.celsius(m, 5)
    axis.tick(79)
    expect(axis.said('silence')).toEqual([])
    axis.tick(80)
    axis.celsius(95, 5)
    expect(axis.said('silence')).toEqual(['silence raised@80', 'silence cleared@95'])
    expect(axis.told[0]?.message).toContain('unknown')
  })

  it('a backlog sent later does not make a dead device live', () => {
    const axis = scene()
    for (let m = 0; m <= 60; m += 5) axis.celsius(m, 5)
    axis.tick(100)
    axis.event(reported(START + 90 * MINUTE, SENSOR, [{ type: 'Temperature', value: 5 }], true))
    expect(axis.said('silence')).toEqual(['silence raised@80'].map((text) => text.replace('80', '100')))
  })

  it('a lost agent is silent at once', () => {
    const state = newRuleState()
    const event = reported(START, SENSOR, [{ type: 'Temperature', value: 5 }])
    const { deviceid: _, ...rest } = event
    const health = {
      ...rest,
      type: 'waytrace.health.v1' as const,
      data: { state: 'degraded' as const, presence: 'lost' },
    }
    const signals = judgeEvent(state, health, START, () => undefined, scene().settings)
    expect(signals).toMatchObject([{ kind: 'silence', active: true, entity: 'urn:waytrace:agent:dock-1' }])
  })
})

describe('orders that take too long', () => {
  const key = { stage: 'staged', site: 'dock-1', class: '', hour: 8 }

  it('a wait is warned of while it lasts, above mean + 2 sigma it is late, and it ends when the order moves on', () => {
    const axis = scene()
    for (let i = 0; i < 60; i++) noteDwell(axis.dwell(), key, (18 + (i % 5)) * MINUTE)
    axis.tell(stageReached(axis.state(), axis.dwell(), ORDER, key, START, axis.settings))
    for (let m = 1; m <= 40; m++) axis.tick(m)
    axis.tell(
      stageReached(axis.state(), axis.dwell(), ORDER, { ...key, stage: 'loaded' }, START + 41 * MINUTE, axis.settings),
    )
    const said = axis.said('dwell')
    expect(said[0]).toMatch(/raised@(19|20|21|22|23)$/)
    expect(said.at(-1)).toBe('dwell cleared@41')
    expect(axis.told[0]?.message).toContain('of 60 waits')
  })

  it('says nothing where nobody knows what is usual', () => {
    const axis = scene()
    axis.tell(stageReached(axis.state(), axis.dwell(), ORDER, key, START, axis.settings))
    for (let m = 1; m <= 300; m++) axis.tick(m)
    expect(axis.said()).toEqual([])
  })

  it('an order that is expected too late is at risk, past the promise it is late, delivered it is over', () => {
    const axis = scene()
    const by = START + 120 * MINUTE
    const { late } = axis.state()
    axis.tell(promise(late, ORDER, { at: START, by, expected: by - 5 * MINUTE }, axis.settings))
    axis.tell(promise(late, ORDER, { at: START + 10 * MINUTE, by, expected: by + 20 * MINUTE }, axis.settings))
    axis.tick(120)
    axis.tell(delivered(late, ORDER, START + 150 * MINUTE))
    expect(axis.said('late')).toEqual(['late raised@10', 'late updated@120', 'late cleared@150'])
    expect(axis.told[0]?.severity).toBe('warning')
    expect(axis.told[1]?.severity).toBe('error')
    expect(axis.told[2]?.message).toBe('delivered 30 min late')
  })
})

describe('what every rule remembers', () => {
  it('a restart at any minute tells the same as an undisturbed run', () => {
    const play = (restartAt: number) => {
      const axis = scene({ ...chilled, vehicle: TRUCK })
      for (let m = 0; m <= 120; m++) {
        if (m === restartAt) axis.restart()
        if (m < 50 || m > 90) axis.celsius(m, m > 20 ? 9 + m / 50 : 5)
        if (m === 30) axis.at(m, [{ type: 'wt:OperatingMode', stringValue: 'off' }], 'urn:x:reefer')
        if (m % 3 === 0) axis.at(m, [{ type: 'Speed', value: 40, uom: 'KMH' }], 'urn:x:gps')
        if (m === 31) axis.at(m, [{ type: 'wt:DoorOpen', booleanValue: true }], 'urn:x:door')
        axis.tick(m)
      }
      return axis.told
    }
    const undisturbed = play(-1)
    expect(undisturbed.length).toBeGreaterThan(4)
    fc.assert(
      fc.property(fc.nat(120), (minute) => {
        expect(play(minute)).toEqual(undisturbed)
      }),
      { numRuns: 15 },
    )
  })
})
