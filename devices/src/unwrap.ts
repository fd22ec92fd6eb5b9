import { parseRuuviGateway } from './cold-chain/ble/ruuvi-gateway.ts'
import {
  type LorawanUplink,
  parseChirpstackUplink,
  parseHeliumUplink,
  parseTtsUplink,
} from './cold-chain/lorawan/uplink.ts'

/** A driver's frame taken out of what a gateway or server wrapped around it, with what the wrapping says of it. */
export interface UnwrappedFrame {
  frame: Uint8Array
  /** MAC or DevEUI of the device: upper case, a MAC with colons, a DevEUI without. */
  address?: string
  /** LoRaWAN fPort. */
  port?: number
  /** When the gateway or network received it, UTC ms: the frame context's `receivedAt`. */
  at?: number
  /** LoRaWAN frame counter: a message posted twice has the same. */
  counter?: number
  rssiDbm?: number
}

/**
 * Takes the frames out of one message of the `mqtt-bridge` or `http` link. None for messages that carry no measurement
 * (joins, gateway status). Throws `FRAME_MALFORMED`.
 */
export type Unwrap = (payload: Uint8Array, topic?: string) => UnwrappedFrame[]

/** What `unwrap:` in agent.yaml can name. The payload itself is the frame under `none`. */
export const unwraps = {
  none: (payload) => [{ frame: payload }],
  'ruuvi-gateway': parseRuuviGateway,
  tts: lorawan(parseTtsUplink),
  chirpstack: lorawan(parseChirpstackUplink),
  helium: lorawan(parseHeliumUplink),
} as const satisfies Record<string, Unwrap>

export type UnwrapName = keyof typeof unwraps

function lorawan(parse: (message: Uint8Array) => LorawanUplink | undefined): Unwrap {
  return (payload) => {
    const uplink = parse(payload)
    if (uplink === undefined) return []
    const { devEui: address, payload: frame, ...rest } = uplink
    return [{ frame, address, ...rest }]
  }
}
