import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { objectLength, readObject } from './bthome/object-bytes.ts'
import { BTHOME_OBJECTS, type BthomeObject } from './bthome/objects.ts'
import { RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { labelled } from './fixed/layout.ts'

const key = '231d39c1d7cc1ab1aee224cd096db932'
const mac = '54:48:E6:8F:80:A5'

/** Objects of different quantities, or several of one: then they are numbered in the order they come. */
const packet = fc.array(fc.constantFrom(...BTHOME_OBJECTS).chain(withValue), { minLength: 1, maxLength: 8 }).map(number)

const secret = fc.nat(0xffffffff).map((counter) => ({ key, mac, counter }))

export const arbitrary = fc
  .tuple(packet, fc.option(secret, { nil: {} }))
  .map(([observations, options]) => ({ observations, options }))

function withValue(object: BthomeObject): fc.Arbitrary<{ object: BthomeObject; value: Reading['value'] }> {
  return bytesFor(object).map((bytes) => ({ object, value: readObject(object, bytes) }))
}

function bytesFor(object: BthomeObject): fc.Arbitrary<Uint8Array> {
  if (object.form === 'text') {
    return fc.string({ maxLength: 12 }).map((text) => {
      const bytes = new TextEncoder().encode(text)
      return Uint8Array.of(bytes.length, ...bytes)
    })
  }
  if (object.form === 'raw') return fc.uint8Array({ maxLength: 12 }).map((b) => Uint8Array.of(b.length, ...b))
  const length = objectLength(object, new Uint8Array(8), 0) ?? 0
  return fc.uint8Array({ minLength: length, maxLength: length })
}

function number(found: { object: BthomeObject; value: Reading['value'] }[]): Reading[] {
  return found.map(({ object, value }, i) => {
    const alike = (other: (typeof found)[number]) =>
      other.object.kind === object.kind && other.object.channel === object.channel
    const place = found.slice(0, i + 1).filter(alike).length
    const channel =
      found.filter(alike).length < 2
        ? object.channel
        : object.channel === undefined
          ? `${place}`
          : `${object.channel}-${place}`
    return { ...labelled(object.kind, RECEIVED_AT, channel), ...(value !== undefined && { value }) }
  })
}
