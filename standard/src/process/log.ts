import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

export interface LogOptions {
  level?: LogLevel
  /** Default stdout: JSON lines, or one readable line each when it is a terminal. */
  to?: DestinationStream
}

const SECRETS = ['password', 'pass', 'token', 'secret', 'authorization', 'cookie', 'apiKey']
const REDACTED = ['', '*.', '*.*.', '*.*.*.'].flatMap((prefix) => [
  ...SECRETS.map((name) => `${prefix}${name}`),
  `${prefix}["set-cookie"]`,
  `${prefix}["x-csrf-token"]`,
])

/** The log of one process or part: state changes only, facts as fields, credentials never. */
export function createLog(name: string, { level = 'info', to }: LogOptions = {}): Log {
  const options = { name, level, base: { name }, redact: { paths: REDACTED, censor: '[secret]' } }
  return pino(options, to ?? (process.stdout.isTTY ? readable() : pino.destination(1)))
}

const WORDS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }

/** Turns each JSON line into `time LEVEL part: message key=value`. */
export function readable(write: (line: string) => void = (line) => void process.stdout.write(line)): DestinationStream {
  return {
    write(json) {
      const { level, time, name, msg, err, pid: _, hostname: __, ...facts } = JSON.parse(json)
      const clock = new Date(time).toISOString().slice(11, 23)
      const pairs = Object.entries(facts).map(
        ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      const why = err === undefined ? '' : ` (${err.code ?? err.type ?? 'error'}: ${err.message})`
      write(`${clock} ${(WORDS[level] ?? String(level)).padEnd(5)} ${name}: ${msg ?? ''}${pairs.join('')}${why}\n`)
    },
  }
}
