import { checkDigit } from '@waytrace/standard'
import * as fc from 'fast-check'
import { CSET_82 } from './check-characters.ts'
import type { Elements } from './element-string.ts'

/** A text of CSET 82. */
export const text = (maxLength: number, minLength = 1) =>
  fc.string({ unit: fc.constantFrom(...CSET_82), minLength, maxLength })

/** A key of digits below the example prefix 952, with its check digit; `lead` stands before the prefix. */
export const key = (lead: string, length: number) =>
  fc.stringMatching(new RegExp(`^\\d{${length - lead.length - 8}}$`)).map((digits) => {
    const body = `${lead}9521234${digits}`
    return body + checkDigit(body)
  })

const two = (max: number, min = 0) => fc.integer({ min, max }).map((n) => String(n).padStart(2, '0'))
const date = fc.tuple(two(50), two(12, 1), two(28, 1)).map((parts) => parts.join(''))
const dateTime = fc.tuple(date, two(23), two(59)).map((parts) => parts.join(''))
const limit = fc.tuple(fc.stringMatching(/^\d{6}$/), fc.constantFrom('', '-')).map((parts) => parts.join(''))

type Choice = [ai: string, value: fc.Arbitrary<string>]

/** One label: what it must carry, and any of what it may carry, in any order. */
function label(must: Choice[], may: Choice[]): fc.Arbitrary<Elements> {
  const element = ([ai, value]: Choice) => value.map((v): [string, string] => [ai, v])
  return fc
    .tuple(
      fc.tuple(...must.map(element)),
      fc.subarray(may).chain((chosen) => fc.tuple(...chosen.map(element))),
    )
    .chain(([first, rest]) => fc.shuffledSubarray([...first, ...rest], { minLength: first.length + rest.length }))
}

/** Labels as a warehouse meets them: logistic units, trade items, badges, places, crates and assets. */
export const labels: fc.Arbitrary<Elements> = fc.oneof(
  label(
    [['00', key('0', 18)]],
    [
      ['400', text(30)],
      ['403', text(30)],
      ['4331', limit],
      ['4333', limit],
      ['4324', dateTime],
      ['4325', dateTime],
    ],
  ),
  label(
    [['01', key('0', 14)]],
    [
      ['10', text(20)],
      ['17', date],
      ['21', text(20)],
      ['22', text(20)],
      ['7003', dateTime],
      ['400', text(30)],
      ['30', fc.stringMatching(/^[1-9]\d{0,7}$/)],
    ],
  ),
  label([['8017', key('', 18)]], [['8019', fc.stringMatching(/^\d{1,10}$/)]]),
  label([['414', key('', 13)]], [['254', text(20)]]),
  label([['8003', key('', 13).map((grai) => `0${grai}`)]], []),
  label([['8004', text(20).map((asset) => `9521234${asset}`)]], [['400', text(30)]]),
)
