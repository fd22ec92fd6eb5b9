import { OpsError } from '@waytrace/standard'
import type { FramerOptions } from '../../framing/framer.ts'
import { teltonikaFramer } from '../../framing/teltonika.ts'
import { type CommandResponse, decodeTeltonikaResponse, isResponseCodec } from './command.ts'
import { LOGIN_BYTES, teltonikaLogin } from './login.ts'
import { recordCount } from './packet.ts'

const MODELS: Record<number, string> = {
  8: 'teltonika-codec8',
  142: 'teltonika-codec8e',
  16: 'teltonika-codec16',
}

/** One AVL packet with a valid CRC. */
export interface TeltonikaFrame {
  bytes: Uint8Array
  /** Records in it: answer `acknowledgement(count)` once what came of them (dead letters included) is on disk. */
  count: number
  /** The driver that reads it. */
  model: string
}

/** What a chunk brought, in the order the link has to act: answer the login, spool and acknowledge frames. */
export interface TeltonikaStep {
  /** The IMEI, once per login: answer 01, or 00 and close. A device repeats a login whose answer it missed. */
  login?: string
  frames: TeltonikaFrame[]
  responses: CommandResponse[]
  /** Keep the bytes, acknowledge nothing: the device sends the records again. */
  errors: { error: OpsError; bytes: Uint8Array }[]
  /** Nothing more will come of this connection: close it. */
  close: boolean
}

/**
 * The server's side of one TCP connection as a pure state machine: login, then packets in any cut. It sends nothing
 * and knows no time; the link owns the socket, the answers and the idle time-out.
 */
export function teltonikaServerProtocol(options: Pick<FramerOptions, 'maxFrameBytes'> = {}) {
  const lost: OpsError[] = []
  const framer = teltonikaFramer({ ...options, onError: (error) => lost.push(error) })
  let imei: string | undefined
  let closed = false

  function accept(frame: Uint8Array, step: TeltonikaStep): void {
    if (frame.length === LOGIN_BYTES && frame[1] === LOGIN_BYTES - 2) {
      const login = teltonikaLogin(frame)
      if (imei !== undefined && imei !== login)
        throw new OpsError('IDENTITY_MISMATCH', 'a second IMEI on one connection')
      imei = login
      step.login = login
      return
    }
    if (imei === undefined) throw new OpsError('FRAME_MALFORMED', 'a packet before the login')
    const codec = frame[8] as number
    const model = MODELS[codec]
    if (model !== undefined) step.frames.push({ bytes: frame, count: recordCount(frame), model })
    else if (isResponseCodec(codec)) step.responses.push(...decodeTeltonikaResponse(frame))
    else throw new OpsError('FRAME_MALFORMED', `codec 0x${codec.toString(16)} is not one a device sends here`)
  }

  return {
    push(chunk: Uint8Array): TeltonikaStep {
      const step: TeltonikaStep = { frames: [], responses: [], errors: [], close: false }
      if (closed) return { ...step, close: true }
      const frames = framer.push(chunk)
      for (const frame of frames) {
        if (closed) break
        try {
          accept(frame, step)
        } catch (error) {
          if (!(error instanceof OpsError)) throw error
          step.errors.push({ error, bytes: frame })
          // Without a proven IMEI nobody can be named as the sender; after it, the length field held: go on.
          closed = imei === undefined || error.code === 'IDENTITY_MISMATCH'
        }
      }
      for (const error of lost.splice(0)) {
        step.errors.push({ error, bytes: chunk.slice() })
        closed = true
      }
      return { ...step, close: closed }
    },
  }
}
