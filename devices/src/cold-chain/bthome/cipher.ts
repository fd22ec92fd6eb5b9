import { createCipheriv, createDecipheriv } from 'node:crypto'
import { malformed } from '../../driver.ts'

/** What both sides of an encrypted BTHome device know; `info` is the device information byte of the frame. */
export interface BthomeSecret {
  key: Uint8Array
  mac: Uint8Array
  info: number
}

const TAG_LENGTH = 4
const COUNTER_LENGTH = 4
const UUID_ON_AIR = [0xd2, 0xfc]

/** ciphertext, counter(4, little-endian), tag(4): the sealed objects and the counter that was part of their nonce. */
export function openBthome(sealed: Uint8Array, secret: BthomeSecret): Uint8Array {
  const { counter, tagAt, counterAt } = partsOf(sealed)
  const decipher = createDecipheriv('aes-128-ccm', secret.key, nonce(secret, counter), { authTagLength: TAG_LENGTH })
  decipher.setAuthTag(sealed.subarray(tagAt))
  try {
    const plain = decipher.update(sealed.subarray(0, counterAt))
    decipher.final()
    return plain
  } catch {
    // The cause says no more than "unable to authenticate"; which of key, MAC and bytes is wrong cannot be known.
    throw malformed('the tag does not fit: wrong key, wrong MAC or changed bytes')
  }
}

/** The frame counter, not yet authenticated: judge it after `openBthome`. */
export function sealedCounter(sealed: Uint8Array): number {
  const { counter } = partsOf(sealed)
  return new DataView(counter.buffer, counter.byteOffset, COUNTER_LENGTH).getUint32(0, true)
}

/** Seals objects as a device would: for virtual devices. */
export function sealBthome(plain: Uint8Array, secret: BthomeSecret, count: number): Uint8Array {
  const counter = new Uint8Array(COUNTER_LENGTH)
  new DataView(counter.buffer).setUint32(0, count, true)
  const cipher = createCipheriv('aes-128-ccm', secret.key, nonce(secret, counter), { authTagLength: TAG_LENGTH })
  const sealed = cipher.update(plain)
  cipher.final()
  return Uint8Array.of(...sealed, ...counter, ...cipher.getAuthTag())
}

function partsOf(sealed: Uint8Array) {
  const tagAt = sealed.length - TAG_LENGTH
  const counterAt = tagAt - COUNTER_LENGTH
  if (counterAt < 1) throw malformed(`encrypted, but only ${sealed.length} bytes`)
  return { counter: sealed.subarray(counterAt, tagAt), tagAt, counterAt }
}

/** bthome.io/encryption: MAC, service UUID as on air, device information, counter. */
function nonce({ mac, info }: BthomeSecret, counter: Uint8Array): Uint8Array {
  return Uint8Array.of(...mac, ...UUID_ON_AIR, info, ...counter)
}
