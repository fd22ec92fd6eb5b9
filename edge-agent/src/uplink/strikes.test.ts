import { describe, expect, it } from 'vitest'
import { refusals, strikes } from './strikes.ts'

describe('strikes', () => {
  it('give up what was sent three times while ingest was heard', () => {
    const vain = strikes()
    const round = () => {
      vain.sent(5, 9, 4)
      vain.acknowledged(5, 9)
      vain.heard(4)
      return vain.missed(4)
    }
    expect([round(), round(), round()]).toEqual([undefined, undefined, 5])
  })

  it('do not count rounds in which ingest was silent, nor those before the mark moved', () => {
    const vain = strikes()
    for (let i = 0; i < 10; i++) {
      vain.sent(5, 9, 4)
      vain.acknowledged(5, 9)
      expect(vain.missed(4)).toBeUndefined()
    }
    for (let i = 0; i < 2; i++) {
      vain.sent(5, 9, 4)
      vain.acknowledged(5, 9)
      vain.heard(4)
      expect(vain.missed(4)).toBeUndefined()
    }
    vain.sent(6, 9, 5)
    vain.acknowledged(6, 9)
    vain.heard(5)
    expect(vain.missed(5)).toBeUndefined()
  })
})

describe('refusals', () => {
  it('suspect after two connections without progress, and give up what ended three more by itself', () => {
    const refused = refusals()
    const sending = { progress: false, probing: false }
    const alone = { progress: false, probing: true }
    expect(refused.closed(7, sending)).toEqual({ probe: false })
    expect(refused.closed(7, sending)).toEqual({ probe: true })
    expect(refused.closed(8, alone)).toEqual({ probe: true })
    expect(refused.closed(8, alone)).toEqual({ probe: true })
    expect(refused.closed(8, alone)).toEqual({ probe: true, giveUp: 8 })
  })

  it('suspect nothing while the mark moves or nothing was in flight', () => {
    const refused = refusals()
    for (let i = 0; i < 5; i++) {
      expect(refused.closed(7, { progress: true, probing: false })).toEqual({ probe: false })
      expect(refused.closed(undefined, { progress: false, probing: false })).toEqual({ probe: false })
    }
  })
})
