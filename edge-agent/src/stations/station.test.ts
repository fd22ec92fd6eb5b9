import { drivers, type Scan } from '@waytrace/devices'
import { gs1Uri, orderUri, tryEvent } from '@waytrace/standard'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tzOffset } from '../events/local-time.ts'
import type { EventDraft } from '../ports.ts'
import { stationConfig } from './config.ts'
import { NEW_STATION, type StationEnv, type StationState } from './state.ts'
import { station } from './station.ts'

const GLN = '9521234000006'
const START = Date.UTC(2026, 5, 1, 8)
const BADGE = ']C18017952123400000001212'
const OPERATOR = gs1Uri('8017', '952123400000001212')
const SSCC = ['095212340000000013', '095212340000000020', '095212340000000037'] as const
const VEHICLE = '80049521234TRL118'
const TRAILER = gs1Uri('8004', '9521234TRL118')
const from = { slug: 'scanner-1', urn: gs1Uri('8004', '9521234SCN1'), kind: 'scanner', driver: 'gs1/1.0.0' }
const sscc = (n: number) => gs1Uri('00', SSCC[n] ?? '')
const order = (number: string) => orderUri(GLN, number)

/** A station and someone who scans: each text is a symbol as a scanner sends it, one second after the one before. */
function bench(config: object) {
  let ids = 0
  const env: StationEnv = {
    config: stationConfig.parse({ id: 'st', readPoint: 'https://id.gs1.org/414/9521234000013', ...config }),
    gln: GLN,
    tzOffset: tzOffset('Europe/Zurich'),
    newId: () => `urn:uuid:00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
  }
  let state: StationState = NEW_STATION
  let at = START
  const all: EventDraft[] = []
  const take = (input: Parameters<typeof station>[2]) => {
    const result = station(env, state, input)
    // What a restart keeps must be all that matters.
    state = JSON.parse(JSON.stringify(result.state))
    all.push(...result.drafts)
    return result.drafts.map(({ event }) => event)
  }
  return {
    all,
    get state() {
      return state
    },
    wait(ms: number) {
      at += ms
      return this
    },
    tick: () => take({ kind: 'tick', at }),
    stamped: (id: string) =>
      take({
        kind: 'stamped',
        stamps: [{ id, recordedtime: '2026-06-01T08:00:09.000Z', sequence: '0'.repeat(20), spool: 's' }],
      }),
    scan(...texts: string[]) {
      return texts.flatMap((text) => {
        at += 1000
        const [read] = (drivers.gs1 as (typeof drivers)[string]).decode(
          Buffer.from(text),
          { receivedAt: at },
          { symbology: 'unknown', gs1Only: false, requires: 'symbol' },
        )
        return take({ kind: 'scan', scan: read as Scan, from })
      })
    },
  }
}

describe('who', () => {
  it('makes an exception instead of an event when nobody has signed in', () => {
    const at = bench({ bizStep: 'picking' })
    const [event] = at.scan(`]C100${SSCC[0]}400SO-1`)
    expect(event).toMatchObject({
      severitytext: 'WARN',
      data: { 'wt:exception': 'operator-missing', epcList: [sscc(0)] },
    })
    expect(event?.data).not.toHaveProperty('bizStep')
    expect(event?.data).not.toHaveProperty('wt:operatorID')
  })

  it('signs in by GSRN or plain badge, out by command, and out after idle time', () => {
    const at = bench({ bizStep: 'picking', operator: { timeoutMs: 60_000, badges: { 'B-7': 'urn:example:person:7' } } })
    expect(at.scan(BADGE)).toEqual([])
    expect(at.scan(`]C100${SSCC[0]}`)[0]?.data).toMatchObject({ 'wt:operatorID': OPERATOR })
    at.scan('WT:OUT')
    expect(at.scan(`]C100${SSCC[1]}`)[0]?.data).toMatchObject({ 'wt:exception': 'operator-missing' })
    at.scan('B-7')
    expect(at.scan(`]C100${SSCC[2]}`)[0]?.data).toMatchObject({ 'wt:operatorID': 'urn:example:person:7' })
    expect(at.wait(61_000).scan(`]C100${SSCC[0]}`)[0]?.data).toMatchObject({ 'wt:exception': 'operator-missing' })
  })
})

describe('observing', () => {
  it('states order, limits, window, original symbol and local offset of a label', () => {
    const at = bench({ bizStep: 'staging_outbound', operator: { required: false } })
    const [event] = at.scan(`]C100${SSCC[0]}4331000800\x1d4333000200\x1d4324260601\x31\x32\x33\x30\x1d400SO-100417`)
    expect(event).toMatchObject({
      type: 'waytrace.object.v1',
      tzoffset: '+02:00',
      orderid: order('SO-100417'),
      data: {
        bizStep: 'staging_outbound',
        disposition: 'in_progress',
        epcList: [sscc(0)],
        bizTransactionList: [{ type: 'po', bizTransaction: order('SO-100417') }],
        'wt:limits': { minC: 2, maxC: 8 },
        'wt:scan': { 'wt:aim': ']C1', 'wt:symbology': 'GS1-128', 'wt:driver': 'gs1/1.0.0' },
      },
    })
    expect(event?.data).toHaveProperty('wt:window.notBefore')
  })

  it('takes a bounce of the scanner once, and the same label later again', () => {
    const at = bench({ bizStep: 'picking', operator: { required: false }, duplicateWindowMs: 1500 })
    expect(at.scan(`]C100${SSCC[0]}`, `]C100${SSCC[0]}`)).toHaveLength(1)
    expect(at.wait(2000).scan(`]C100${SSCC[0]}`)).toHaveLength(1)
  })

  it('holds an order scanned by itself for the items that follow, not for ever', () => {
    const at = bench({ bizStep: 'picking', operator: { required: false }, orderTimeoutMs: 60_000 })
    expect(at.scan(']C1400SO-9')).toEqual([])
    expect(at.scan(`]d20109521234543213\x1d21A1`)[0]).toMatchObject({ orderid: order('SO-9') })
    expect(at.wait(61_000).scan(`]C100${SSCC[1]}`)[0]).not.toHaveProperty('orderid')
  })

  it('makes an event of an order alone where the station says so', () => {
    const at = bench({ bizStep: 'accepting', operator: { required: false }, orderAlone: 'event' })
    expect(at.scan(']C1400SO-9')[0]).toMatchObject({ type: 'waytrace.transaction.v1', orderid: order('SO-9') })
  })

  it('keeps classes and things apart: a GTIN without serial is a quantity', () => {
    const at = bench({ bizStep: 'picking', operator: { required: false } })
    const [event] = at.scan(']C10109521234543213\x1d10LOT1\x1d3005')
    expect(event?.data).toMatchObject({ quantityList: [{ quantity: 5 }] })
    expect(event?.data).not.toHaveProperty('epcList')
  })

  it('binds plain codes to orders, from the table and as learned', () => {
    const at = bench({ bizStep: 'picking', operator: { required: false }, orders: { 'BOX-1': 'SO-1' } })
    expect(at.scan('BOX-1')[0]).toMatchObject({
      orderid: order('SO-1'),
      data: { epcList: ['urn:waytrace:code:BOX-1'] },
    })
    expect(at.scan('BOX-2')[0]?.data).toMatchObject({ 'wt:exception': 'code-unknown' })
    expect(at.scan('WT:BIND', 'BOX-3', ']C1400SO-3')).toEqual([])
    expect(at.scan('BOX-3')[0]).toMatchObject({ orderid: order('SO-3') })
  })

  it('puts an exception to the item before it, and arms it for the next when there is none', () => {
    const at = bench({ bizStep: 'picking', operator: { required: false } })
    expect(at.scan('WT:EXC:short')).toEqual([])
    expect(at.scan(`]C100${SSCC[0]}`)[0]?.data).toMatchObject({ 'wt:exception': 'short', epcList: [sscc(0)] })
    at.scan(`]C100${SSCC[1]}400SO-2`)
    expect(at.scan('WT:EXC:damaged')[0]).toMatchObject({
      severitynumber: 13,
      orderid: order('SO-2'),
      data: { 'wt:exception': 'damaged', disposition: 'damaged', epcList: [sscc(1)] },
    })
  })
})

describe('packing', () => {
  const packing = { mode: 'packing', operator: { required: false } }

  it('gathers items into the open package and tells it when the package is closed', () => {
    const at = bench(packing)
    expect(at.scan(`]C100${SSCC[0]}400SO-1`, ']d20109521234543213\x1d21A1', ']d20109521234543213\x1d21A2')).toEqual([])
    const [event] = at.scan('WT:CLOSE')
    expect(event).toMatchObject({
      type: 'waytrace.aggregation.v1',
      orderid: order('SO-1'),
      data: {
        action: 'ADD',
        bizStep: 'packing',
        disposition: 'container_closed',
        parentID: sscc(0),
        childEPCs: ['https://id.gs1.org/01/09521234543213/21/A1', 'https://id.gs1.org/01/09521234543213/21/A2'],
      },
    })
    expect(at.state.parent).toBeUndefined()
  })

  it('closes by the same label again, and by opening the next', () => {
    const at = bench(packing)
    at.scan(`]C100${SSCC[0]}`, ']d20109521234543213\x1d21A1')
    expect(at.scan(`]C100${SSCC[0]}`)[0]?.data).toMatchObject({ parentID: sscc(0) })
    at.scan(`]C100${SSCC[1]}`, ']d20109521234543213\x1d21A2', 'WT:OPEN')
    expect(at.scan(`]C100${SSCC[2]}`)[0]?.data).toMatchObject({ parentID: sscc(1) })
    expect(at.state.parent?.epc).toBe(sscc(2))
  })

  it('invents no package: an item without one is an exception', () => {
    expect(bench(packing).scan(']d20109521234543213\x1d21A1')[0]?.data).toMatchObject({
      'wt:exception': 'parent-missing',
    })
  })

  it('tells of a package that was left open', () => {
    const at = bench({ ...packing, parentTimeoutMs: 60_000 })
    at.scan(`]C100${SSCC[0]}`, ']d20109521234543213\x1d21A1')
    expect(at.wait(59_000).tick()).toEqual([])
    expect(at.wait(2000).tick()[0]?.data).toMatchObject({
      'wt:exception': 'parent-timeout',
      epcList: [sscc(0), 'https://id.gs1.org/01/09521234543213/21/A1'],
    })
    expect(at.state.parent).toBeUndefined()
  })

  it('undoes the closing: the event is declared not to have occurred and the package is open again', () => {
    const at = bench(packing)
    at.scan(`]C100${SSCC[0]}`, ']d20109521234543213\x1d21A1')
    const [closed] = at.scan('WT:CLOSE')
    at.stamped(closed?.id ?? '')
    const [undone] = at.scan('WT:UNDO')
    expect(undone).toMatchObject({
      id: closed?.id,
      time: closed?.time,
      data: {
        ...closed?.data,
        'wt:recordedTime': '2026-06-01T08:00:09.000Z',
        'wt:spool': 's',
        errorDeclaration: { reason: 'did_not_occur' },
      },
    })
    expect(at.state.parent?.epcs).toHaveLength(1)
    expect(at.wait(2000).scan('WT:UNDO')[0]?.data).toMatchObject({ 'wt:exception': 'nothing-to-undo' })
  })

  it('undoes nothing after the time for it', () => {
    const at = bench({ ...packing, undoMs: 10_000 })
    at.scan(`]C100${SSCC[0]}`, ']d20109521234543213\x1d21A1', 'WT:CLOSE')
    expect(at.wait(11_000).scan('WT:UNDO')[0]?.data).toMatchObject({ 'wt:exception': 'nothing-to-undo' })
  })
})

describe('loading and unloading', () => {
  it('loads packages onto the vehicle and names every order when it departs', () => {
    const at = bench({ mode: 'loading', operator: { required: false } })
    expect(at.scan(VEHICLE)).toEqual([])
    const [first] = at.scan(`]C100${SSCC[0]}400SO-1`)
    expect(first?.data).toMatchObject({ action: 'ADD', bizStep: 'loading', parentID: TRAILER, childEPCs: [sscc(0)] })
    at.scan(`]C100${SSCC[1]}400SO-2`)
    const [departed] = at.scan('WT:DEPART')
    expect(departed?.data).toMatchObject({
      bizStep: 'departing',
      disposition: 'in_transit',
      epcList: [TRAILER],
      bizTransactionList: [order('SO-1'), order('SO-2')].map((bizTransaction) => ({ type: 'po', bizTransaction })),
    })
    expect(at.scan(`]C100${SSCC[2]}`)[0]?.data).toMatchObject({ 'wt:exception': 'parent-missing' })
  })

  it('takes packages off again after the command, at the same dock', () => {
    const at = bench({ mode: 'loading', operator: { required: false } })
    at.scan(VEHICLE, `]C100${SSCC[0]}`, 'WT:UNLOAD')
    expect(at.wait(2000).scan(`]C100${SSCC[0]}`)[0]?.data).toMatchObject({ action: 'DELETE', bizStep: 'unloading' })
  })

  it('unloads one by one, or all that is on the vehicle', () => {
    const at = bench({ mode: 'unloading', operator: { required: false } })
    at.scan(VEHICLE)
    expect(at.scan('WT:ARRIVE')[0]?.data).toMatchObject({ bizStep: 'arriving', epcList: [TRAILER] })
    expect(at.scan(`]C100${SSCC[0]}`)[0]?.data).toMatchObject({ action: 'DELETE', parentID: TRAILER })
    const [all] = at.scan('WT:UNLOAD')
    expect(all?.data).toMatchObject({ action: 'DELETE', parentID: TRAILER })
    expect(all?.data).not.toHaveProperty('childEPCs')
  })

  it('undoes the loading of one package', () => {
    const at = bench({ mode: 'loading', operator: { required: false } })
    at.scan(VEHICLE, `]C100${SSCC[0]}400SO-1`)
    expect(at.scan('WT:UNDO')[0]?.data).toMatchObject({ action: 'ADD', errorDeclaration: { reason: 'did_not_occur' } })
    expect(at.state.parent).toMatchObject({ epc: TRAILER, epcs: [], orders: [] })
  })
})

describe('counting', () => {
  it('adds up classes and lists things once', () => {
    const at = bench({ mode: 'counting', operator: { required: false }, duplicateWindowMs: 0 })
    at.scan(']C10109521234543213', ']C10109521234543213', `]C100${SSCC[0]}`, `]C100${SSCC[0]}`)
    expect(at.scan('WT:CLOSE')[0]?.data).toMatchObject({
      bizStep: 'cycle_counting',
      epcList: [sscc(0)],
      quantityList: [{ epcClass: 'https://id.gs1.org/01/09521234543213', quantity: 2 }],
    })
  })
})

describe('any scans in any mode', () => {
  const text = fc.constantFrom(
    BADGE,
    VEHICLE,
    'WT:OPEN',
    'WT:CLOSE',
    'WT:UNDO',
    'WT:UNLOAD',
    'WT:OUT',
    'WT:BIND',
    'WT:DEPART',
    'WT:ARRIVE',
    'WT:EXC:damaged',
    'BOX-1',
    '\ud800?',
    ']C1400SO-1',
    ']C10109521234543213',
    ']d20109521234543213\x1d21A1',
    ']C14149521234000013',
    ...SSCC.map((key) => `]C100${key}400SO-${key.slice(-2)}`),
  )
  const mode = fc.constantFrom('observe', 'packing', 'loading', 'unloading', 'counting')

  it('make only events of the standard, each with an id of its own or of the event it takes back', () => {
    return fc.assert(
      fc.property(mode, fc.array(text, { maxLength: 30 }), fc.boolean(), (chosen, texts, required) => {
        const at = bench({ mode: chosen, operator: { required } })
        at.scan(...texts)
        const ids = new Set<string>()
        for (const { event } of at.all) {
          const stamped = {
            ...event,
            specversion: '1.0',
            source: 'urn:x:agent',
            recordedtime: event.time,
            sequence: '0'.repeat(20),
            spool: 's',
          }
          const result = tryEvent(stamped)
          expect(result.ok ? [] : [result.issues, event]).toEqual([])
          const key = `${event.id} ${JSON.stringify((event.data as { errorDeclaration?: object }).errorDeclaration)}`
          expect(ids.has(key)).toBe(false)
          ids.add(key)
        }
        expect(JSON.stringify(at.state).length).toBeLessThan(200_000)
      }),
    )
  })
})
