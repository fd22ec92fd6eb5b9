import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import bthome from './bthome-v2.ts'
import { replayGuard } from './replay-guard.ts'
import ruuvi from './ruuvi-df5.ts'

const rising = (value: number) => ({ value, rule: 'rising' as const })
const changing = (value: number) => ({ value, rule: 'changing' as const })
const options = { key: '231d39c1d7cc1ab1aee224cd096db932', mac: '54:48:E6:8F:80:A5', counter: 0 }
const context = { receivedAt: 0 }

it('takes the first frame of a device, whatever its counter', () => {
  expect(replayGuard(undefined, rising(0))).toEqual({ verdict: 'fresh', last: 0 })
})

it('drops the same frame heard again, and refuses an older one of an authenticated device', () => {
  expect(replayGuard(7, rising(7))).toEqual({ verdict: 'repeat', last: 7 })
  expect(replayGuard(7, rising(6))).toEqual({ verdict: 'replay', last: 7 })
})

it('takes a lower count of a tag that wraps or was restarted', () => {
  expect(replayGuard(65_534, changing(0))).toEqual({ verdict: 'fresh', last: 0 })
  expect(replayGuard(0, changing(0))).toEqual({ verdict: 'repeat', last: 0 })
})

it('lets each rising count through once, however the frames are repeated and reordered', () => {
  return fc.assert(
    fc.property(fc.array(fc.nat(20)), (counts) => {
      let last: number | undefined
      const taken = counts.filter((value) => {
        const judged = replayGuard(last, rising(value))
        last = judged.last
        return judged.verdict === 'fresh'
      })
      expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b))
      expect(last).toBe(counts.length === 0 ? undefined : Math.max(...counts))
    }),
  )
})

it('reads the counter of an encrypted BTHome frame only when its tag holds', () => {
  const frame = Buffer.from('41A47266C95F730011223378237214', 'hex')
  expect(bthome.counter?.(frame, context, options)).toEqual(rising(0x33221100))
  frame[9] = 0xff
  expect(() => bthome.counter?.(frame, context, options)).toThrowError(/tag/)
})

it('reads the packet id of a plain BTHome frame and the sequence of a RuuviTag', () => {
  expect(bthome.counter?.(Buffer.from('40000902CA09', 'hex'), context, { counter: 0 })).toEqual(changing(9))
  expect(bthome.counter?.(Buffer.from('4002CA09', 'hex'), context, { counter: 0 })).toBeUndefined()
  const tag = Buffer.from('0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F', 'hex')
  expect(ruuvi.counter?.(tag, context, {})).toEqual(changing(205))
})

it('refuses every single-bit flip of an encrypted BTHome frame', () => {
  const frame = Buffer.from('41A47266C95F730011223378237214', 'hex')
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const flipped = Uint8Array.from(frame)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(() => bthome.decode(flipped, context, options), `bit ${bit}`).toThrowError()
  }
})
