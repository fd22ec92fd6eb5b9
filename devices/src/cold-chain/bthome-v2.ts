import { OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { defineDriver, type FrameContext, malformed, type Observation, type Reading } from '../driver.ts'
import { hexBytes, parseMac } from './ble/mac.ts'
import { openBthome, sealBthome, sealedCounter } from './bthome/cipher.ts'
import { objectLength, readObject, writeObject } from './bthome/object-bytes.ts'
import { BTHOME_OBJECTS, type BthomeObject } from './bthome/objects.ts'
import { type BthomeFrame, bthomeFrame } from './bthome/service-data.ts'
import { labelled } from './fixed/layout.ts'

const OBJECTS = new Map(BTHOME_OBJECTS.map((object) => [object.id, object]))
const PACKET_ID = 0x00
const PLAIN_INFO = 0x40
const ENCRYPTED_INFO = 0x41

const options = z.strictObject({
  key: z
    .string()
    .regex(/^[0-9a-fA-F]{32}$/, 'want 32 hex digits')
    .optional()
    .describe('Bind key of an encrypted device, 32 hex digits. With a key, plain frames are refused.'),
  mac: z
    .string()
    .regex(/^([0-9a-fA-F]{2}[:-]?){5}[0-9a-fA-F]{2}$/, 'want a MAC address')
    .optional()
    .describe('Address of the device, part of the nonce; default: the address the link gives.'),
  counter: z.coerce.number().int().min(0).max(0xffffffff).default(0).describe('Counter of encoded frames.'),
})

type Options = z.infer<typeof options>

/**
 * BTHome v2 service data: device information(1), then objects id(1) + value, or, encrypted, ciphertext, counter(4),
 * tag(4). Source: bthome.io/format and /encryption; vectors from Bluetooth-Devices/bthome-ble.
 */
export default defineDriver<Options>({
  model: 'bthome-v2',
  version: '1.0.0',
  summary: 'BTHome v2 Bluetooth sensors, plain or encrypted (AES-128-CCM): bthome.io/format.',
  integrity: 'none',
  options,
  decode(frame, context, given) {
    return readings(plainBody(bthomeFrame(frame), context, given), context.receivedAt)
  },
  counter(frame, context, given) {
    const parts = bthomeFrame(frame)
    const body = plainBody(parts, context, given)
    if (parts.encrypted) return { value: sealedCounter(parts.body), rule: 'rising' }
    const [first, packet] = body
    return first === PACKET_ID && packet !== undefined ? { value: packet, rule: 'changing' } : undefined
  },
  encode(observations, { key, mac, counter }) {
    const plain = Uint8Array.from(observations.flatMap((o) => [...objectOf(o)]))
    if (key === undefined) return Uint8Array.of(PLAIN_INFO, ...plain)
    if (mac === undefined) throw new OpsError('OPTIONS_INVALID', 'mac: an encrypted frame needs it')
    const secret = { key: hexBytes(key), mac: parseMac(mac), info: ENCRYPTED_INFO }
    return Uint8Array.of(ENCRYPTED_INFO, ...sealBthome(plain, secret, counter))
  },
})

/** The objects, decrypted where need be. A plain frame of a device that has a key could come from anybody. */
function plainBody({ info, encrypted, mac, body }: BthomeFrame, context: FrameContext, given: Options): Uint8Array {
  if (!encrypted) {
    if (given.key !== undefined) throw malformed('a plain frame, though this device has a key')
    return body
  }
  if (given.key === undefined) throw malformed('encrypted: the option key is missing')
  const address = given.mac ?? context.address
  const sender = address === undefined ? mac : parseMac(address)
  if (sender === undefined) throw malformed('encrypted: the option mac is missing')
  if (sender.length !== 6) throw malformed(`encrypted: ${address} is not a whole MAC address`)
  return openBthome(body, { key: hexBytes(given.key), mac: sender, info })
}

interface Found {
  object: BthomeObject
  value: number | boolean | string
}

/** Objects come in rising order of id, so an unknown one ends what we can read: bthome.io/format, "unknown object id". */
function readings(body: Uint8Array, at: number): Reading[] {
  const found: Found[] = []
  for (let place = 0; place < body.length; ) {
    const object = OBJECTS.get(body[place] ?? 0)
    if (object === undefined) break
    const length = objectLength(object, body, place + 1)
    if (length === undefined) throw malformed(`BTHome object 0x${object.id.toString(16)} is cut`)
    found.push({ object, value: readObject(object, body.subarray(place + 1, place + 1 + length)) })
    place += 1 + length
  }
  if (found.length === 0) throw malformed('no BTHome object that we know')
  return found.map(({ object, value }, i) => ({ ...labelled(object.kind, at, channelOf(found, i)), value }))
}

/** Several objects of one quantity and channel are numbered from 1 in the order they come. */
function channelOf(found: readonly Found[], index: number): string | undefined {
  const { kind, channel } = found[index]?.object ?? {}
  const alike = (other: Found) => other.object.kind === kind && other.object.channel === channel
  if (found.filter(alike).length < 2) return channel
  const number = found.slice(0, index + 1).filter(alike).length
  return channel === undefined ? `${number}` : `${channel}-${number}`
}

/** The object that holds the reading's value exactly. Throws `INPUT_INVALID` if none does. */
function objectOf(observation: Observation): Uint8Array {
  const reading = observation as Reading
  const channel = reading.channel?.replace(/(^|-)\d+$/, '') || undefined
  for (const object of BTHOME_OBJECTS) {
    if (object.kind !== reading.kind || (object.channel !== reading.channel && object.channel !== channel)) continue
    const bytes = writeObject(object, reading.value)
    if (bytes !== undefined) return Uint8Array.of(object.id, ...bytes)
  }
  throw new OpsError('INPUT_INVALID', `${reading.kind}: no BTHome object holds ${String(reading.value)}`)
}
