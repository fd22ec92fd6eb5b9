/** What a server made of one post of lines. */
export type Answer =
  | { kind: 'stored' }
  /** Some lines are bad for ever. `lines` (0-based) where the server names them; the others are then stored. */
  | { kind: 'bad'; message: string; lines?: { index: number; message: string }[] }
  | { kind: 'too-large'; message: string }
  /** Credentials, rights or the database itself. */
  | { kind: 'refused'; status: number; message: string }
  | { kind: 'busy'; message: string; retryAfterMs?: number; cause?: unknown }

/** A 400 about how we ask, not about what we send: no line is at fault. */
const OUR_FAULT =
  /database is required|db is required|bucket|organization|org(ID)? |precision|invalid utf|content-encoding/i

/** Reads a status and body of a write as docs of the versions state them. `now` is UTC ms, for dates in Retry-After. */
export function readAnswer(status: number, body: string, retryAfter: string | undefined, now: number): Answer {
  const message = messageOf(body) || `HTTP ${status}`
  if (status === 204) return { kind: 'stored' }
  if (status === 413) return { kind: 'too-large', message }
  if (status === 400 || status === 422) {
    const lines = namedLines(body)
    if (lines !== undefined) return { kind: 'bad', message, lines }
    if (status === 400 && OUR_FAULT.test(message)) return { kind: 'refused', status, message }
    return { kind: 'bad', message }
  }
  // 201: some versions say so when only a part was stored. Found out by halving, like any bad batch.
  if (status === 200 || status === 201) return { kind: 'bad', message }
  if (status === 401 || status === 403 || status === 404) return { kind: 'refused', status, message }
  const wait = retryAfterMs(retryAfter, now)
  return { kind: 'busy', message, ...(wait === undefined ? {} : { retryAfterMs: wait }) }
}

/** `Retry-After` is in seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function messageOf(body: string): string {
  const parsed = json(body)
  if (typeof parsed !== 'object' || parsed === null) return body.trim()
  const { error, message } = parsed as { error?: unknown; message?: unknown }
  return typeof error === 'string' ? error : typeof message === 'string' ? message : body.trim()
}

/** 3 Core lists bad lines in `data`, counted from 1. */
function namedLines(body: string): { index: number; message: string }[] | undefined {
  const parsed = json(body)
  const data = typeof parsed === 'object' && parsed !== null ? (parsed as { data?: unknown }).data : undefined
  if (!Array.isArray(data)) return undefined
  const lines = data.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const { line_number: number, error_message: message } = entry as { line_number?: unknown; error_message?: unknown }
    return typeof number === 'number' && number > 0
      ? [{ index: number - 1, message: String(message ?? 'refused') }]
      : []
  })
  return lines.length > 0 ? lines : undefined
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
