import { createLog, type Log, type LogLevel, readable } from '@waytrace/standard/process'

/** Logs go to standard error, which leaves standard output to results; readable lines when a person looks. */
export function stderrLog(name: string, level: LogLevel): Log {
  const to = process.stderr.isTTY ? readable((line) => void process.stderr.write(line)) : process.stderr
  return createLog(name, { level, to })
}
