import { describe, expect, it } from 'vitest'
import { framerLaws } from '../../test/framer-laws.ts'
import { slcanFramer, slcanOpen } from './slcan.ts'

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))

describe('a CAN adapter on a serial line', () => {
  framerLaws({
    make: (onError) => slcanFramer({ onError }),
    // Answers to C, S5 and O, a version, a transmit receipt, two data frames, a remote frame and an unfinished line.
    stream: bytes('\r\r\rV1013\rz\rT18FECA00840FF5B000301FFFF\rt7DF80201050000000000\rR18FECA008\rT18FE'),
    frames: [bytes('T18FECA00840FF5B000301FFFF'), bytes('t7DF80201050000000000')],
  })
})

describe('a CAN adapter that refuses a command', () => {
  framerLaws({
    make: (onError) => slcanFramer({ onError }),
    stream: bytes('\r\x07T18FECA00840FF5B000301FFFF\r'),
    frames: [bytes('T18FECA00840FF5B000301FFFF')],
    errors: ['FRAME_MALFORMED'],
  })
})

describe('a line longer than any CAN frame', () => {
  framerLaws({
    make: (onError) => slcanFramer({ onError }),
    stream: bytes(`T${'0'.repeat(40)}\rT18FECA00840FF5B000301FFFF1A2B\r`),
    frames: [bytes('T18FECA00840FF5B000301FFFF1A2B')],
    errors: ['FRAME_TOO_LARGE'],
  })
})

it('closes the channel before it sets the rate, for a former run may have left it open', () => {
  expect(slcanOpen(250)).toEqual(['C\r', 'S5\r', 'O\r'])
  expect(slcanOpen(500)).toEqual(['C\r', 'S6\r', 'O\r'])
})
