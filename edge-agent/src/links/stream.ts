import type { Duplex } from 'node:stream'
import { delimited, type Framer, interByteGap, lengthPrefixed, slip } from '@waytrace/devices'
import type { OpsError } from '@waytrace/standard'
import type { FramingConfig } from '../link-config.ts'
import type { AgentClock, LinkEvents } from '../ports.ts'

export interface StreamPorts {
  clock: AgentClock
  events: Pick<LinkEvents, 'frame' | 'bad'>
  framing: FramingConfig | undefined
  maxFrameBytes: number
  address?: string
  /** Makes frames of what the framer cut, e.g. reassembled messages. */
  refine?: (bytes: Uint8Array, receivedAt: number) => { bytes: Uint8Array; address?: string; port?: number }[]
  framer?: (onError: (error: OpsError) => void) => Framer
}

/** A stream is paused while more frames than this wait to become durable. */
const MAX_WAITING = 64
const NOTHING = new Uint8Array()

/** Cuts a byte stream into frames and hands them on in order. Resolves when the stream has ended and all is durable. */
export function readFrames(stream: Duplex, ports: StreamPorts): Promise<void> {
  const { clock, events, address } = ports
  let waiting = 0
  let line = Promise.resolve()
  const queue = (work: () => Promise<void>) => {
    waiting++
    if (waiting > MAX_WAITING) stream.pause()
    // What cannot be stored is a failure of the agent, not of the stream: it is reported where it happened.
    line = line.then(work).catch((error) => void stream.destroy(error))
    line = line.then(() => {
      if (--waiting <= MAX_WAITING && !stream.destroyed) stream.resume()
    })
  }
  const bad = (error: OpsError) => queue(() => events.bad(NOTHING, error, address))
  const gap = ports.framing?.type === 'inter-byte-gap' ? ports.framing.gapMs : undefined
  const gapFramer = gap === undefined ? undefined : interByteGap({ gapMs: gap, ...limits(ports, bad) })
  const framer = gapFramer ?? ports.framer?.(bad) ?? framerOf(ports.framing, limits(ports, bad))
  // The pace of silence is real even where the agent's clock is not.
  const tick = () => clock.monotonic?.() ?? clock.now()

  const deliver = (frames: readonly Uint8Array[]) => {
    const receivedAt = clock.now()
    for (const frame of frames)
      for (const refined of ports.refine?.(frame, tick()) ?? [{ bytes: frame }])
        queue(() => events.frame({ receivedAt, ...(address !== undefined && { address }), ...refined }))
  }
  return new Promise((resolve) => {
    stream.on('data', (chunk: Uint8Array) => {
      deliver(framer.push(chunk, tick()))
      if (gapFramer !== undefined) clock.after((gap ?? 0) + 1, () => deliver(gapFramer.flush(tick())))
    })
    stream.once('close', () => {
      if (gapFramer !== undefined) deliver(gapFramer.flush(Number.POSITIVE_INFINITY))
      void line.then(resolve)
    })
  })
}

function limits({ maxFrameBytes }: StreamPorts, onError: (error: OpsError) => void) {
  return { maxFrameBytes, onError }
}

function framerOf(config: FramingConfig | undefined, limit: ReturnType<typeof limits>): Framer {
  if (config === undefined || config.type === 'inter-byte-gap') return delimited(limit)
  if (config.type === 'delimited') return delimited({ ...limit, delimiters: config.delimiters })
  if (config.type === 'slip') return slip(limit)
  const { lengthBytes, lengthOffset, littleEndian, uncounted, magicHex } = config
  return lengthPrefixed({
    ...limit,
    lengthBytes,
    littleEndian,
    ...(lengthOffset !== undefined && { lengthOffset }),
    ...(uncounted !== undefined && { uncounted }),
    ...(magicHex !== undefined && { magic: Uint8Array.from(Buffer.from(magicHex, 'hex')) }),
  })
}
