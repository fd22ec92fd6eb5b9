import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made = new Set<string>()

/** A new empty folder, removed when the process exits. */
export function tempDir(name = 'test'): string {
  if (made.size === 0)
    process.once('exit', () => {
      for (const path of made) rmSync(path, { recursive: true, force: true })
    })
  const path = mkdtempSync(join(tmpdir(), `waytrace-${name}-`))
  made.add(path)
  return path
}

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
