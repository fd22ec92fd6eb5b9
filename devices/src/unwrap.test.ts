import { OpsError } from '@waytrace/standard'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import lht65 from './cold-chain/lht65.ts'
import { type Unwrap, type UnwrapName, unwraps } from './unwrap.ts'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const payload = Buffer.from('CBF60B0D0376010ADD7FFF', 'hex')
const data = payload.toString('base64')
const at = Date.UTC(2026, 0, 15, 8, 0, 0, 123)

const tts = {
  end_device_ids: { device_id: 'dev1', application_ids: { application_id: 'app1' }, dev_eui: '0004A30B001C0530' },
  received_at: '2026-01-15T08:00:00.500Z',
  uplink_message: { f_port: 2, f_cnt: 17, frm_payload: data, received_at: '2026-01-15T08:00:00.123456789Z' },
}
const chirpstack = {
  deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
  time: '2026-01-15T08:00:00.123+00:00',
  deviceInfo: { tenantName: 'x', devEui: '0004a30b001c0530' },
  devAddr: '00189440',
  fCnt: 17,
  fPort: 2,
  confirmed: false,
  data,
}
const helium = { dev_eui: '0004A30B001C0530', fcnt: 17, port: 2, payload: data, reported_at: at }

describe('a LoRaWAN uplink', () => {
  it.each<[UnwrapName, object]>([
    ['tts', tts],
    ['chirpstack', chirpstack],
    ['helium', helium],
  ])('of %s gives the same frame, address, port, time and counter', (name, message) => {
    const [uplink, ...more] = unwraps[name](bytes(message))
    expect(more).toEqual([])
    expect(uplink).toEqual({
      frame: Uint8Array.from(payload),
      address: '0004A30B001C0530',
      port: 2,
      at,
      counter: 17,
    })
    const readings = lht65.decode(uplink?.frame ?? new Uint8Array(), { receivedAt: at, port: 2 }, {})
    expect(readings.at(-1)).toEqual({ kind: 'temperature', at, unit: 'CEL', channel: 'probe', value: 27.81 })
  })

  it('of ChirpStack 3 has its DevEUI at the top', () => {
    const { deviceInfo, ...rest } = chirpstack
    expect(unwraps.chirpstack(bytes({ ...rest, devEUI: deviceInfo.devEui }))[0]).toMatchObject({
      address: '0004A30B001C0530',
    })
  })

  it('of The Things Stack leaves zeros out', () => {
    const { frm_payload } = tts.uplink_message
    const [uplink] = unwraps.tts(bytes({ ...tts, uplink_message: { frm_payload } }))
    expect(uplink).toMatchObject({ port: 0, at: Date.UTC(2026, 0, 15, 8, 0, 0, 500) })
  })
})

describe('a message that is no uplink', () => {
  it.each<[UnwrapName, string, object]>([
    ['tts', 'a join', { ...tts, uplink_message: undefined, join_accept: {} }],
    ['tts', 'an empty uplink', { ...tts, uplink_message: { f_port: 2 } }],
    ['chirpstack', 'an acknowledgement', { deviceInfo: chirpstack.deviceInfo, acknowledged: true }],
    ['helium', 'a join', { dev_eui: helium.dev_eui, type: 'join' }],
  ])('of %s, %s, gives no frame', (name, _, message) => {
    expect(unwraps[name](bytes(message))).toEqual([])
  })
})

it('hands the payload on as it is under none', () => {
  expect(unwraps.none(payload)).toEqual([{ frame: payload }])
})

const parsers = (Object.entries(unwraps) as [UnwrapName, Unwrap][]).filter(([name]) => name !== 'none')

describe.each(parsers)('%s', (_, unwrap) => {
  it('names what is wrong in a message', () => {
    expect(() => unwrap(bytes({ data: '%%%', dev_eui: 'x', end_device_ids: { dev_eui: 'x' } }))).toThrowError(
      expect.objectContaining({ code: 'FRAME_MALFORMED' }),
    )
  })

  it('answers any bytes and any JSON with frames or FRAME_MALFORMED', () => {
    const any = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc
        .constantFrom<object>(tts, chirpstack, helium)
        .chain((message) =>
          fc
            .dictionary(fc.constantFrom(...Object.keys(message)), fc.jsonValue())
            .map((some) => bytes({ ...message, ...some })),
        ),
    )
    return fc.assert(
      fc.property(any, fc.option(fc.string(), { nil: undefined }), (message, topic) => {
        try {
          for (const { frame } of unwrap(message, topic)) expect(frame).toBeInstanceOf(Uint8Array)
        } catch (error) {
          expect(error).toBeInstanceOf(OpsError)
          expect((error as OpsError).code).toBe('FRAME_MALFORMED')
        }
      }),
    )
  })
})
