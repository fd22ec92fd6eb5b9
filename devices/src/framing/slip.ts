import { OpsError } from '@waytrace/standard'
import { byteQueue } from './byte-queue.ts'
import { DEFAULT_MAX_FRAME_BYTES, type Framer, type FramerOptions, tooLarge } from './framer.ts'

// RFC 1055
const END = 0xc0
const ESC = 0xdb
const ESC_END = 0xdc
const ESC_ESC = 0xdd

/** SLIP frames (RFC 1055), unescaped. A bad escape spoils the frame it is in, and only that. */
export function slip({ maxFrameBytes = DEFAULT_MAX_FRAME_BYTES, onError }: FramerOptions): Framer {
  const queue = byteQueue()
  const one = new Uint8Array(1)
  let escaped = false
  let spoilt = false

  function spoil(error: OpsError): void {
    if (!spoilt) onError(error)
    spoilt = true
    escaped = false
    queue.drop(queue.length)
  }

  function add(byte: number): void {
    if (spoilt) return
    if (queue.length === maxFrameBytes) {
      spoil(tooLarge(maxFrameBytes))
    } else {
      one[0] = byte
      queue.append(one)
    }
  }

  function addEscaped(byte: number): void {
    escaped = false
    if (byte === ESC_END) add(END)
    else if (byte === ESC_ESC) add(ESC)
    else spoil(new OpsError('FRAME_MALFORMED', `SLIP escape followed by 0x${byte.toString(16)}`))
  }

  return {
    push(chunk) {
      const frames: Uint8Array[] = []
      for (const byte of chunk) {
        if (byte === END) {
          if (escaped) spoil(new OpsError('FRAME_MALFORMED', 'SLIP frame ends within an escape'))
          if (queue.length > 0) frames.push(queue.take(queue.length))
          spoilt = false
        } else if (escaped) addEscaped(byte)
        else if (byte === ESC && !spoilt) escaped = true
        else add(byte)
      }
      return frames
    },
  }
}

/** The bytes as one SLIP frame, with an END on both sides so that line noise before it is a frame of its own. */
export function slipEncode(frame: Uint8Array): Uint8Array {
  const out = [END]
  for (const byte of frame) {
    if (byte === END) out.push(ESC, ESC_END)
    else if (byte === ESC) out.push(ESC, ESC_ESC)
    else out.push(byte)
  }
  out.push(END)
  return Uint8Array.from(out)
}
