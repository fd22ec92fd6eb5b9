import { HttpError, InfluxDB, type Transport, type WriteApi } from '@influxdata/influxdb-client'
import type { Clock } from '@waytrace/standard/process'
import { type Answer, readAnswer } from './answer.ts'
import type { InfluxConfig } from './config.ts'
import { authorization, type Dialect, writePath } from './server.ts'

/** Posts one batch of lines and says what became of it. Never throws, never retries, never buffers. */
export type PostLines = (lines: readonly string[]) => Promise<Answer>

/**
 * The client's WriteApi as the transport of our own batches. Its buffer, timer and retries are off: each drops
 * acknowledged data somewhere (an interval that lies between `flush` and the answer, a retry buffer that overflows).
 */
export function linePoster(config: InfluxConfig, dialect: Dialect, clock: Clock): PostLines {
  const path = writePath(config, dialect)
  return async (lines) => {
    let answer: Answer | undefined
    let status: number | undefined
    const client = new InfluxDB({
      url: config.url.replace(/\/$/, ''),
      timeout: config.timeoutMs,
      headers: authorization(config),
    })
    const api = withStatus(client, (code) => {
      status = code
    }).getWriteApi(config.org ?? '', config.bucket ?? config.database, 'ns', {
      maxRetries: 0,
      flushInterval: 0,
      // One more than there are lines: a full buffer would be posted behind our back.
      batchSize: lines.length + 1,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      writeSuccess() {
        answer =
          status === undefined || status === 204 ? { kind: 'stored' } : readAnswer(status, '', undefined, clock.now())
      },
      writeFailed(error) {
        answer = failure(error, clock)
        // A promise says that the failure is dealt with: no retry, no console.
        return Promise.resolve()
      },
    })
    setPath(api, path)
    api.writeRecords(lines as string[])
    await api.flush()
    return answer ?? { kind: 'busy', message: 'the client sent nothing' }
  }
}

function failure(error: Error, clock: Clock): Answer {
  if (!(error instanceof HttpError)) return { kind: 'busy', message: error.message, cause: error }
  const header = error.headers?.['retry-after']
  const answer = readAnswer(error.statusCode, error.body ?? '', Array.isArray(header) ? header[0] : header, clock.now())
  return answer.kind === 'busy' ? { ...answer, cause: error } : answer
}

/** 1.x and 3 have other addresses than the one the client builds. */
function setPath(api: WriteApi, path: string): void {
  api.path = path
}

/** The client takes 201 (partly stored) and an unknown status for success: look at the status itself. */
function withStatus(client: InfluxDB, saw: (status: number | undefined) => void): InfluxDB {
  const inner = client.transport
  const transport: Transport = {
    ...inner,
    request: inner.request.bind(inner),
    iterate: inner.iterate.bind(inner),
    send(path, body, options, callbacks) {
      inner.send(path, body, options, {
        ...callbacks,
        next: (data) => callbacks?.next?.(data),
        error: (error) => callbacks?.error?.(error),
        complete: () => callbacks?.complete?.(),
        responseStarted(headers, status) {
          saw(status)
          callbacks?.responseStarted?.(headers, status)
        },
      })
    },
  }
  Object.defineProperty(client, 'transport', { value: transport })
  return client
}
