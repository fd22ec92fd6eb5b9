import { checkDigit } from '@waytrace/standard'
import * as fc from 'fast-check'
import { labels, text } from './gs1/labels.arbitrary.ts'
import { gs1Scan, plainScan, scanOfElements } from './gs1/symbol.ts'

const context = { receivedAt: Date.UTC(2026, 5, 1) }
const at = context.receivedAt

const gs1 = fc
  .tuple(labels, fc.constantFrom(']C1', ']d2', ']Q3', ']e0', ']J1'))
  .map(([elements, aim]) => scanOfElements(elements, { at, aim }))

const plain = fc
  .tuple(
    fc.oneof(text(40), fc.string({ unit: fc.constantFrom('ä', '7', '\x1d', ']', '€'), minLength: 1 })),
    fc.constantFrom(']C0', ']A0', ']L0'),
  )
  .map(([data, aim]) => plainScan({ at, aim, data }))

const ean = fc.stringMatching(/^\d{12}$/).map((digits) => {
  const data = digits + checkDigit(digits)
  return gs1Scan({ at, aim: ']E0', data }, [['01', `0${data}`]])
})

/** What scanners send: labels in every GS1 symbology, EAN-13, and codes that are not GS1's. */
export const arbitrary = fc.oneof(gs1, plain, ean).map((scan) => ({ observations: [scan], context }))
