import { describe, expect, it } from 'vitest'
import { framerLaws } from '../../test/framer-laws.ts'
import { encodeTeltonikaPacket } from '../vehicles/teltonika/avl-packet.ts'
import { encodeTeltonikaCommand } from '../vehicles/teltonika/command.ts'
import { encodeTeltonikaLogin } from '../vehicles/teltonika/login.ts'
import { teltonikaFramer } from './teltonika.ts'

const login = encodeTeltonikaLogin('356307042441013')
const packet = encodeTeltonikaPacket([{ at: 1_560_161_086_000, io: { 72: 42, 239: 1 } }, { at: 1_560_161_087_000 }])
const answer = encodeTeltonikaCommand('getinfo')
const ping = Uint8Array.of(0xff)

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

describe('a connection of a Teltonika device', () => {
  framerLaws({
    make: (onError) => teltonikaFramer({ onError }),
    stream: join(login, ping, packet, ping, ping, answer, packet, packet.subarray(0, 20)),
    frames: [login, packet, answer, packet],
  })
})

describe('a connection that gets out of step', () => {
  framerLaws({
    make: (onError) => teltonikaFramer({ onError }),
    stream: join(login, packet, Uint8Array.of(0x47), packet, packet),
    frames: [login, packet],
    errors: ['FRAME_MALFORMED'],
  })
})

describe('a packet that claims to be longer than any', () => {
  framerLaws({
    make: (onError) => teltonikaFramer({ maxFrameBytes: 200, onError }),
    stream: join(login, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 189), packet),
    frames: [login],
    errors: ['FRAME_TOO_LARGE'],
  })
})

it('holds no more than one frame however long the device goes on without an end', () => {
  const errors: string[] = []
  const framer = teltonikaFramer({ onError: (error) => errors.push(error.code) })
  for (let i = 0; i < 100; i++) expect(framer.push(new Uint8Array(1000))).toEqual([])
  expect(errors).toEqual(['FRAME_MALFORMED'])
})
