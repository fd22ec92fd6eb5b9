import { type Unwrap, type UnwrapName, unwraps } from '@waytrace/devices'
import { OpsError } from '@waytrace/standard'
import type { Frame, LinkEvents } from '../ports.ts'

/** A gateway whose clock was never set says 1970: then the time of reception is the better one. */
const CLOCK_WAS_SET = Date.UTC(2020, 0)

/**
 * Takes the frames out of a gateway's message and hands each on. Resolves when all is durable; a message that cannot
 * be read is kept. Returns how many frames there were.
 */
export async function takeMessage(
  payload: Uint8Array,
  receivedAt: number,
  {
    unwrap,
    topic,
    events,
  }: { unwrap: UnwrapName | undefined; topic: string; events: Pick<LinkEvents, 'frame' | 'bad'> },
): Promise<number> {
  const take: Unwrap = unwraps[unwrap ?? 'none']
  let frames: ReturnType<Unwrap>
  try {
    frames = take(payload, topic)
  } catch (error) {
    if (!(error instanceof OpsError)) throw error
    await events.bad(payload, error)
    return 0
  }
  await Promise.all(
    frames.map(({ frame, at, address, port }) => {
      const context: Frame = {
        bytes: frame,
        topic,
        receivedAt: at !== undefined && at >= CLOCK_WAS_SET ? at : receivedAt,
      }
      if (address !== undefined) context.address = address
      if (port !== undefined) context.port = port
      return events.frame(context)
    }),
  )
  return frames.length
}
