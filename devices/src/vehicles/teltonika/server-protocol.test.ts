import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeTeltonikaPacket } from './avl-packet.ts'
import {
  decodeTeltonikaCommand,
  decodeTeltonikaResponse,
  encodeTeltonikaCommand,
  encodeTeltonikaResponse,
} from './command.ts'
import { encodeTeltonikaLogin, isImei, teltonikaLogin } from './login.ts'
import { teltonikaServerProtocol } from './server-protocol.ts'

const IMEI = '356307042441013'
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))

const login = hex('000F333536333037303432343431303133')
const packet = encodeTeltonikaPacket([{ at: 1.7e12, io: { 239: 1 } }, { at: 1.7e12 + 1000 }, { at: 1.7e12 + 2000 }])
const damaged = packet.with(20, 0x77)
const response = encodeTeltonikaResponse({ text: 'Ver:03.27.07' })

/** All steps of a connection, put together. */
function run(chunks: readonly Uint8Array[]) {
  const protocol = teltonikaServerProtocol()
  const steps = chunks.map((chunk) => protocol.push(chunk))
  return {
    logins: steps.flatMap(({ login: imei }) => imei ?? []),
    counts: steps.flatMap(({ frames }) => frames.map(({ count, model }) => [count, model])),
    responses: steps.flatMap(({ responses }) => responses),
    errors: steps.flatMap(({ errors }) => errors.map(({ error }) => error.code)),
    close: steps.at(-1)?.close,
  }
}

describe('a login', () => {
  it('of the wiki gives its IMEI, and is written back', () => {
    expect(teltonikaLogin(login)).toBe(IMEI)
    expect(encodeTeltonikaLogin(IMEI)).toEqual(login)
  })

  it('with a wrong check digit, a letter or another length is refused', () => {
    expect(isImei('356307042441014')).toBe(false)
    expect(() => teltonikaLogin(login.with(16, 0x34))).toThrow('check digit')
    expect(() => teltonikaLogin(login.with(5, 0x41))).toThrow('15 digits')
    expect(() => teltonikaLogin(login.subarray(0, 16))).toThrow('15 digits')
    expect(() => encodeTeltonikaLogin('123')).toThrow('123')
  })
})

describe('a connection', () => {
  it('brings login, packets and answers to commands, wherever the network cuts them', () => {
    const stream = join(login, packet, Uint8Array.of(0xff), response, packet)
    const want = {
      logins: [IMEI],
      counts: [
        [3, 'teltonika-codec8e'],
        [3, 'teltonika-codec8e'],
      ],
      responses: [{ text: 'Ver:03.27.07' }],
      errors: [],
      close: false,
    }
    expect(run([stream])).toEqual(want)
    return fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length]
        expect(run(places.slice(1).map((end, i) => stream.subarray(places[i], end)))).toEqual(want)
      }),
    )
  })

  it('names the driver of each codec', () => {
    const packets = (['8', '8E', '16'] as const).map((codec) => encodeTeltonikaPacket([{ at: 1.7e12 }], { codec }))
    expect(run([login, ...packets]).counts).toEqual([
      [1, 'teltonika-codec8'],
      [1, 'teltonika-codec8e'],
      [1, 'teltonika-codec16'],
    ])
  })

  it('reports a packet with a bad CRC with its bytes, does not offer it for acknowledgement, and goes on', () => {
    const protocol = teltonikaServerProtocol()
    protocol.push(login)
    const step = protocol.push(join(damaged, packet))
    expect(step.errors.map(({ error, bytes }) => [error.code, bytes])).toEqual([['FRAME_MALFORMED', damaged]])
    expect(step.frames.map(({ bytes }) => bytes)).toEqual([packet])
    expect(step.close).toBe(false)
  })

  it('takes a repeated login of the same device, whose answer was lost, but no other device', () => {
    expect(run([login, login, packet])).toMatchObject({
      logins: [IMEI, IMEI],
      counts: [[3, 'teltonika-codec8e']],
      close: false,
    })
    const other = encodeTeltonikaLogin('490154203237518')
    expect(run([login, other, packet])).toMatchObject({ counts: [], errors: ['IDENTITY_MISMATCH'], close: true })
  })

  it('is closed when packets come before a login, or a login is wrong', () => {
    expect(run([packet, login])).toMatchObject({ logins: [], counts: [], errors: ['FRAME_MALFORMED'], close: true })
    expect(run([login.with(16, 0x34), packet])).toMatchObject({ counts: [], errors: ['FRAME_MALFORMED'], close: true })
  })

  it('is closed when it gets out of step, and what came before stands', () => {
    const lost = run([login, join(packet, Uint8Array.of(1, 2, 3)), packet])
    expect(lost).toMatchObject({ counts: [[3, 'teltonika-codec8e']], errors: ['FRAME_MALFORMED'], close: true })
  })

  it('survives any bytes', () =>
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (chunks) => {
        const { counts, errors } = run([login, ...chunks])
        expect(counts.length + errors.length).toBeLessThan(1000)
      }),
    ))
})

describe('commands', () => {
  it('are written as the wiki shows them (codec 12, getinfo and getio)', () => {
    expect(encodeTeltonikaCommand('getinfo')).toEqual(hex('000000000000000F0C010500000007676574696E666F0100004312'))
    expect(encodeTeltonikaCommand('getio')).toEqual(hex('000000000000000D0C010500000005676574696F01000000CB'))
    expect(decodeTeltonikaCommand(encodeTeltonikaCommand('getver'))).toBe('getver')
  })

  it('have answers as the wiki shows them (codec 12, getio)', () => {
    const frame = hex(
      '00000000000000370C01060000002F4449313A31204449323A30204449333A302041494E313A302041494E323A313639323420444F313A3020444F323A3101000066E3',
    )
    expect(decodeTeltonikaResponse(frame)).toEqual([{ text: 'DI1:1 DI2:0 DI3:0 AIN1:0 AIN2:16924 DO1:0 DO2:1' }])
  })

  it('have answers with a time in codec 13 (Traccar tests)', () => {
    const frame = hex(
      '00000000000000240d01060000001c642b3ad14754534c7c367c317c307c31323734393838347c317c0d0a010000ec11',
    )
    const response13 = { text: 'GTSL|6|1|0|12749884|1|\r\n', at: Date.UTC(2023, 3, 3, 20, 45, 5) }
    expect(decodeTeltonikaResponse(frame)).toEqual([response13])
    expect(encodeTeltonikaResponse(response13)).toEqual(frame)
  })

  it('are refused when they are no ASCII, too long, or answers mistaken for commands', () => {
    expect(() => encodeTeltonikaCommand('setparam 1:ü')).toThrow('ASCII')
    expect(() => encodeTeltonikaCommand('x'.repeat(2000))).toThrow('2000 bytes')
    expect(() => decodeTeltonikaCommand(response)).toThrow('message type')
    expect(() => decodeTeltonikaResponse(packet)).toThrow('codec')
  })
})
