import { expect, it } from 'vitest'
import df5 from '../ruuvi-df5.ts'
import { encodeRuuviGatewayMessage, parseRuuviGateway } from './ruuvi-gateway.ts'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
/** The example of ruuvi/docs ruuvi-gateway-firmware/data-formats, without time stamps. */
const example = {
  gw_mac: 'C8:25:2D:8E:9C:2C',
  rssi: -25,
  aoa: [],
  cnt: '338',
  data: '0201061BFF990405166455D5C6DE0008FFF403F0AE760F2A8BF41F0C28CBD6',
  coords: '',
}

it('hands the whole advertisement to the driver, with the address of the topic', () => {
  const [heard] = parseRuuviGateway(bytes(example), 'ruuvi/C8:25:2D:8E:9C:2C/F4:1F:0C:28:CB:D6')
  expect(heard).toMatchObject({ address: 'F4:1F:0C:28:CB:D6', rssiDbm: -25 })
  expect(heard?.at).toBeUndefined()
  const readings = df5.decode(heard?.frame ?? new Uint8Array(), { receivedAt: 0 }, {})
  // 0x1664 is 5732 steps of 0.005 C.
  expect(readings[0]).toEqual({ kind: 'temperature', unit: 'CEL', value: 28.66, at: 0 })
})

it('takes the address out of the payload when the topic does not end in one', () => {
  const [heard] = parseRuuviGateway(bytes(example), 'gw/hall-1/gateway-3/data')
  expect(heard?.address).toBe('F4:1F:0C:28:CB:D6')
})

it('takes the time at which the gateway heard the tag, as text or number', () => {
  expect(parseRuuviGateway(bytes({ ...example, ts: '1665742208', gwts: '1665742209' }))[0]?.at).toBe(1_665_742_208_000)
  expect(parseRuuviGateway(bytes({ ...example, ts: 1665742208 }))[0]?.at).toBe(1_665_742_208_000)
})

it('has no time while the clock of the gateway is not set', () => {
  expect(parseRuuviGateway(bytes({ ...example, ts: '37' }))[0]?.at).toBeUndefined()
})

it('reads collected advertisements, each with its own time', () => {
  const tags = {
    'F4:1F:0C:28:CB:D6': { rssi: -34, timestamp: '1665742208', data: example.data },
    'C6:A5:B9:E0:AD:06': { rssi: -33, timestamp: '1665742207', data: example.data },
  }
  const heard = parseRuuviGateway(
    bytes({ data: { coordinates: '', timestamp: '1665742208', gw_mac: example.gw_mac, tags } }),
  )
  expect(heard.map(({ address, at }) => [address, at])).toEqual([
    ['F4:1F:0C:28:CB:D6', 1_665_742_208_000],
    ['C6:A5:B9:E0:AD:06', 1_665_742_207_000],
  ])
})

it('passes over messages without an advertisement', () => {
  expect(parseRuuviGateway(bytes({ state: 'online' }), 'ruuvi/C8:25:2D:8E:9C:2C/gw_status')).toEqual([])
})

it.each([['no json at all'], ['{"data":"0201"'], ['{"data":"xyz"}'], ['{"data":{"tags":{"nobody":{}}}}'], ['[]']])(
  'refuses %s',
  (text) => {
    expect(() => parseRuuviGateway(new TextEncoder().encode(text))).toThrowError(
      expect.objectContaining({ code: 'FRAME_MALFORMED' }),
    )
  },
)

it('reads what the virtual gateway publishes', () => {
  const at = Date.UTC(2026, 0, 15, 8)
  const payload = df5.encode?.([{ kind: 'temperature', at, unit: 'CEL', value: -18.5 }], {}) ?? new Uint8Array()
  const message = encodeRuuviGatewayMessage({ payload, gatewayMac: example.gw_mac, at, rssiDbm: -71 })
  const [heard] = parseRuuviGateway(message, 'gw/hall-1/gateway-3/CB:B8:33:4C:88:4F')
  expect(heard).toMatchObject({ at, rssiDbm: -71, address: 'CB:B8:33:4C:88:4F' })
  expect(df5.decode(heard?.frame ?? new Uint8Array(), { receivedAt: at }, {})[0]).toMatchObject({ value: -18.5 })
})
