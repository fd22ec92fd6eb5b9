import { z } from 'zod'
import { malformed } from '../../driver.ts'

/** One uplink as a network server tells it. Times are UTC ms. */
export interface LorawanUplink {
  /** 16 hex digits, upper case. */
  devEui: string
  port: number
  payload: Uint8Array
  /** When the network received it; absent if the server does not say. */
  at?: number
  /** LoRaWAN frame counter. */
  counter?: number
}

const eui = z
  .string()
  .regex(/^([0-9a-fA-F]{2}[:-]?){8}$/, 'want a DevEUI of 16 hex digits')
  .transform((text) => text.replaceAll(/[:-]/g, '').toUpperCase())
const base64 = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
/** Servers write nine decimals, which is more than ISO 8601 asks for and Date.parse takes. */
const time = z.string().transform((text, ctx) => {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) ctx.addIssue({ code: 'custom', message: 'want an ISO time' })
  return ms
})
const count = z.int().nonnegative()

/** Absent numbers are zero and absent payloads empty: The Things Stack leaves such fields out. */
const ttsMessage = z.object({
  end_device_ids: z.object({ dev_eui: eui }),
  received_at: time.optional(),
  uplink_message: z
    .object({
      f_port: count.default(0),
      f_cnt: count.optional(),
      frm_payload: base64.optional(),
      received_at: time.optional(),
    })
    .optional(),
})

const chirpstackEvent = z.object({
  time: time.optional(),
  deviceInfo: z.object({ devEui: eui }).optional(),
  /** Version 3 and gateways with a server of their own have it here. */
  devEUI: eui.optional(),
  fCnt: count.optional(),
  fPort: count.default(0),
  data: base64.nullish(),
})

const heliumUplink = z.object({
  dev_eui: eui,
  fcnt: count.optional(),
  port: count.default(0),
  payload: base64.optional(),
  reported_at: z.int().optional(),
})

/**
 * A message of The Things Stack v3, as published on `v3/{application}/devices/{device}/up` or posted by its webhook.
 * Messages that are no uplink (joins, acknowledgements) and uplinks without payload give undefined.
 * Source: thethingsindustries.com/docs/integrations/data-formats.
 */
export function parseTtsUplink(message: Uint8Array): LorawanUplink | undefined {
  const { end_device_ids, received_at, uplink_message } = parseJson(ttsMessage, message, 'The Things Stack')
  if (uplink_message?.frm_payload === undefined) return undefined
  const { f_port: port, f_cnt, frm_payload: payload } = uplink_message
  const at = uplink_message.received_at ?? received_at
  return { devEui: end_device_ids.dev_eui, port, payload, ...optional(at, f_cnt) }
}

/**
 * An `up` event of ChirpStack 4 (or of 3, whose DevEUI stands at the top) as JSON, from MQTT or HTTP. Other events have
 * no data and give undefined. Source: chirpstack.io/docs, Integrations / Event types; integration.proto.
 */
export function parseChirpstackUplink(message: Uint8Array): LorawanUplink | undefined {
  const event = parseJson(chirpstackEvent, message, 'ChirpStack')
  const devEui = event.deviceInfo?.devEui ?? event.devEUI
  if (!event.data || event.data.length === 0) return undefined
  if (devEui === undefined) throw malformed('ChirpStack: deviceInfo.devEui is missing')
  return { devEui, port: event.fPort, payload: event.data, ...optional(event.time, event.fCnt) }
}

/** An uplink of the Helium console's HTTP or MQTT integration. Source: docs.helium.com/console/integrations/json-schema. */
export function parseHeliumUplink(message: Uint8Array): LorawanUplink | undefined {
  const { dev_eui: devEui, port, payload, reported_at, fcnt } = parseJson(heliumUplink, message, 'Helium')
  return payload === undefined ? undefined : { devEui, port, payload, ...optional(reported_at, fcnt) }
}

function parseJson<T>(schema: z.ZodType<T>, message: Uint8Array, server: string): T {
  const parsed = schema.safeParse(jsonOf(message, server))
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`)
  throw malformed(`${server}: ${issues.join('; ')}`)
}

function jsonOf(message: Uint8Array, server: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(message))
  } catch {
    throw malformed(`${server}: not JSON`)
  }
}

function optional(at: number | undefined, counter: number | undefined) {
  return { ...(at !== undefined && { at }), ...(counter !== undefined && { counter }) }
}
