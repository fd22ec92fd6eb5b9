import { OpsError } from '@waytrace/standard'
import { delimited } from './delimited.ts'
import type { Framer, FramerOptions } from './framer.ts'

/** `T`, eight digits of id, length, sixteen digits of data, four of time stamp. */
export const SLCAN_MAX_LINE_BYTES = 30
const BELL = 0x07

/**
 * Lines of a serial CAN adapter (SLCAN), each ended by CR. Only received data frames come out (`t`, `T`); the
 * adapter's answers to commands (empty lines, `z`, `Z`, versions) and remote frames are dropped, and a refused
 * command (BEL) is reported, for it means that the channel was not opened.
 */
export function slcanFramer({ maxFrameBytes = SLCAN_MAX_LINE_BYTES, onError }: FramerOptions): Framer {
  // A bell stands alone, without CR: as a delimiter of its own it would be lost, so it is made a line first.
  const lines = delimited({ delimiters: ['\r', '\n'], maxFrameBytes, onError })
  return {
    push(chunk, atMs) {
      return lines.push(separateBells(chunk), atMs).filter((line) => {
        if (line.includes(BELL)) onError(new OpsError('FRAME_MALFORMED', 'the CAN adapter refused a command (BEL)'))
        return line[0] === 0x54 || line[0] === 0x74
      })
    },
  }
}

function separateBells(chunk: Uint8Array): Uint8Array {
  if (!chunk.includes(BELL)) return chunk
  return Uint8Array.from([...chunk].flatMap((byte) => (byte === BELL ? [0x0d, BELL, 0x0d] : [byte])))
}

/** Bit rates an SLCAN adapter knows by number; J1939 uses 250 and 500 kbit/s. */
const BIT_RATES = { 10: 0, 20: 1, 50: 2, 100: 3, 125: 4, 250: 5, 500: 6, 800: 7, 1000: 8 } as const

export type SlcanKbits = keyof typeof BIT_RATES

/** What a link sends to an adapter: close a channel left open by a former run, set the rate, open. */
export function slcanOpen(kbits: SlcanKbits): string[] {
  return ['C\r', `S${BIT_RATES[kbits]}\r`, 'O\r']
}

export const SLCAN_CLOSE = 'C\r'
