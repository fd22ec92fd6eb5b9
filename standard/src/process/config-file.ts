import { readFileSync } from 'node:fs'
import { configInvalid } from './config.ts'

/**
 * The text of a file that an option names: a key, a certificate. Throws `OpsError('CONFIG_INVALID')` with the option
 * and the file, so that nobody has to guess which of five files is not there.
 */
export function configFile(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw configInvalid([{ path: option, message: `${file} cannot be read (${why})` }])
  }
}
