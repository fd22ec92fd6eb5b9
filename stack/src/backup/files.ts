import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

/** On disk when it returns: a file, or the names in a folder. */
export function flush(path: string): void {
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

export function writeDurably(file: string, text: string, mode = 0o600): void {
  const handle = openSync(file, 'w', mode)
  writeSync(handle, text)
  fsyncSync(handle)
  closeSync(handle)
}
