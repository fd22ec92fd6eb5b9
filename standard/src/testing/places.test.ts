import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort, startProgram, tempDir } from './index.ts'

describe('places for tests', () => {
  it('sweep up behind a process that was killed, and leave the living alone', async () => {
    const gone = startProgram('true')
    await gone.exited
    const left = join(tmpdir(), `waytrace-${gone.pid}-left`)
    const living = join(tmpdir(), `waytrace-${process.pid}-living`)
    mkdirSync(left)
    mkdirSync(living)
    expect(existsSync(tempDir())).toBe(true)
    expect([existsSync(left), existsSync(living)]).toEqual([false, true])
  })

  it('are ports that can be listened on', async () => {
    const server = createServer()
    const port = await freePort()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    await new Promise((resolve) => server.close(resolve))
    expect(port).toBeGreaterThan(0)
  })

  it('tell why a program ended before it said what was awaited', async () => {
    const child = startProgram('bash', { args: ['-c', 'echo no reason >&2; exit 3'] })
    await expect(child.waitForLine(/ready/)).rejects.toThrow(/no reason/)
    expect(await child.exited).toBe(3)
  })
})
