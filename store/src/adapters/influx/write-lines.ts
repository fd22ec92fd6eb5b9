import { OpsError } from '@waytrace/standard'
import type { Answer } from './answer.ts'
import type { PostLines } from './transport.ts'

/** What became of some lines: those that are bad for ever, or why none can be taken now. */
export interface LinesWritten {
  bad: Map<number, string>
  retry?: { error: OpsError; retryAfterMs?: number }
}

/** Lines per post and bytes per post. */
export interface PostLimits {
  maxLines: number
  maxBytes: number
}

/**
 * Writes lines in posts of bounded size, one after the other. A post that is too large is split; one with bad lines
 * is halved until they are found, which is safe because the same line written twice is one point.
 */
export async function writeLines(lines: readonly string[], post: PostLines, limits: PostLimits): Promise<LinesWritten> {
  const bad = new Map<number, string>()
  for (const [from, to] of portions(lines, limits)) {
    const retry = await writePortion(lines, from, to, post, bad)
    if (retry !== undefined) return { bad, retry }
  }
  return { bad }
}

async function writePortion(
  lines: readonly string[],
  from: number,
  to: number,
  post: PostLines,
  bad: Map<number, string>,
): Promise<LinesWritten['retry']> {
  const answer = await post(lines.slice(from, to))
  switch (answer.kind) {
    case 'stored':
      return undefined
    case 'busy':
      return retryOf('STORE_UNAVAILABLE', answer)
    case 'refused':
      return retryOf('STORE_REFUSED', answer)
    case 'bad':
    case 'too-large': {
      if (answer.kind === 'bad' && answer.lines !== undefined) {
        for (const { index, message } of answer.lines) bad.set(from + index, message)
        return undefined
      }
      if (to - from === 1) {
        bad.set(from, answer.message)
        return undefined
      }
      const middle = (from + to) >> 1
      return (await writePortion(lines, from, middle, post, bad)) ?? (await writePortion(lines, middle, to, post, bad))
    }
  }
}

function retryOf(
  code: 'STORE_UNAVAILABLE' | 'STORE_REFUSED',
  answer: Extract<Answer, { kind: 'busy' | 'refused' }>,
): NonNullable<LinesWritten['retry']> {
  const cause = answer.kind === 'busy' ? answer.cause : undefined
  const error = new OpsError(code, `InfluxDB: ${answer.message}`, cause === undefined ? {} : { cause })
  const wait = answer.kind === 'busy' ? answer.retryAfterMs : undefined
  return wait === undefined ? { error } : { error, retryAfterMs: wait }
}

function* portions(lines: readonly string[], { maxLines, maxBytes }: PostLimits): Iterable<[number, number]> {
  let from = 0
  let bytes = 0
  for (const [i, text] of lines.entries()) {
    const size = Buffer.byteLength(text) + 1
    if (i > from && (i - from >= maxLines || bytes + size > maxBytes)) {
      yield [from, i]
      from = i
      bytes = 0
    }
    bytes += size
  }
  if (from < lines.length) yield [from, lines.length]
}
