import { z } from 'zod'
import { malformed } from '../../driver.ts'
import { RUUVI_COMPANY } from '../ruuvi/payload.ts'
import { manufacturerAdvertisement, manufacturerData } from './advertisement.ts'
import { formatMac, hexBytes } from './mac.ts'

/** One advertisement that a Ruuvi Gateway heard. */
export interface GatewayAdvertisement {
  /** The whole advertisement: drivers find their payload in it. */
  frame: Uint8Array
  /** The tag's address, `CB:B8:33:4C:88:4F`, where the topic or the payload tells it. */
  address?: string
  /** When the gateway heard it, UTC ms; absent while the gateway has no time. */
  at?: number
  rssiDbm?: number
}

const MAC = /^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/
/** Before 2001 the gateway's clock is not set. */
const CLOCK_SET = 978_307_200

const hex = z
  .string()
  .regex(/^([0-9A-Fa-f]{2})+$/, 'want bytes in hex')
  .transform(hexBytes)
/** The gateway writes Unix seconds as text; some firmware as a number. */
const seconds = z.coerce.number().int().nonnegative()

const heard = z.object({ rssi: z.number().optional(), data: hex })
const single = heard.extend({ gw_mac: z.string().optional(), gwts: seconds.optional(), ts: seconds.optional() })
const history = z.object({
  data: z.object({ tags: z.record(z.string().regex(MAC), heard.extend({ timestamp: seconds.optional() })) }),
})
const message = z.union([single, history])

/**
 * A message of a Ruuvi Gateway: one advertisement as its MQTT client publishes it on `{prefix}/{gateway}/{tag}`, or the
 * collected ones it posts over HTTP. `gw_status` and other messages without `data` give nothing. Source: ruuvi/docs,
 * ruuvi-gateway-firmware/data-formats.
 */
export function parseRuuviGateway(payload: Uint8Array, topic?: string): GatewayAdvertisement[] {
  const json = jsonOf(payload)
  if (isObject(json) && !('data' in json)) return []
  const parsed = message.safeParse(json)
  if (!parsed.success) throw malformed('Ruuvi Gateway: want gw_mac, rssi, ts and data in hex')
  if ('tags' in parsed.data.data) {
    return Object.entries(parsed.data.data.tags).map(([address, { data, rssi, timestamp }]) =>
      advertisementOf(data, address, timestamp, rssi),
    )
  }
  const { data, rssi, ts, gwts } = parsed.data as z.infer<typeof single>
  const tag = topic?.split('/').at(-1) ?? ''
  return [advertisementOf(data, MAC.test(tag) ? tag : ownAddress(data), ts ?? gwts, rssi)]
}

export interface RuuviGatewayMessage {
  /** The bare Ruuvi payload, as `ruuvi-df5` and `ruuvi-df6` encode it. */
  payload: Uint8Array
  gatewayMac: string
  /** UTC ms; the gateway tells whole seconds. */
  at: number
  rssiDbm?: number
}

/** What a Ruuvi Gateway publishes for one advertisement of a tag: for virtual gateways. */
export function encodeRuuviGatewayMessage({ payload, gatewayMac, at, rssiDbm = -60 }: RuuviGatewayMessage): Uint8Array {
  const ts = String(Math.floor(at / 1000))
  const data = Buffer.from(manufacturerAdvertisement(RUUVI_COMPANY, payload)).toString('hex').toUpperCase()
  const body = { gw_mac: gatewayMac, rssi: rssiDbm, aoa: [], gwts: ts, ts, data, coords: '' }
  return new TextEncoder().encode(JSON.stringify(body))
}

/** The whole address inside formats 5 and E1, for a topic that does not end in the tag's address. */
function ownAddress(advertisement: Uint8Array): string | undefined {
  const payload = manufacturerData(advertisement, RUUVI_COMPANY)
  const whole = payload !== undefined && (payload[0] === 0x05 || payload[0] === 0xe1)
  return whole ? formatMac(payload.subarray(-6)) : undefined
}

function advertisementOf(
  frame: Uint8Array,
  address: string | undefined,
  heardAt: number | undefined,
  rssi: number | undefined,
): GatewayAdvertisement {
  return {
    frame,
    ...(address !== undefined && { address: address.replaceAll('-', ':').toUpperCase() }),
    ...(heardAt !== undefined && heardAt >= CLOCK_SET && { at: heardAt * 1000 }),
    ...(rssi !== undefined && { rssiDbm: rssi }),
  }
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    throw malformed('Ruuvi Gateway: not JSON')
  }
}
