import { EventEmitter } from 'node:events'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { OpsError } from '../event/errors.ts'
import { startProcess } from '../testing/child-process.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { type ProcessScope, runProcess } from './index.ts'

function harness(body: (scope: ProcessScope) => Promise<unknown>, graceMs = 1000) {
  const events = new EventEmitter()
  const clock = fakeClock()
  const exits: number[] = []
  let errors = ''
  const done = runProcess(body, {
    log: pino({ level: 'silent' }),
    events,
    clock,
    graceMs,
    exit: (code) => void exits.push(code),
    writeError: (text) => {
      errors += text
    },
  })
  return { events, clock, exits, done, errors: () => errors }
}

function part(name: string, calls: string[], stop: () => unknown = () => {}) {
  return {
    start: () => void calls.push(`start ${name}`),
    async stop() {
      await stop()
      calls.push(`stop ${name}`)
    },
  }
}

describe('a process', () => {
  it('starts its parts in order and stops them in reverse on a signal', async () => {
    const calls: string[] = []
    const run = harness(async ({ own }) => {
      for (const name of ['store', 'app', 'server']) await own(name, part(name, calls))
      run.events.emit('SIGTERM', 'SIGTERM')
    })
    await run.done
    expect(calls).toEqual(['start store', 'start app', 'start server', 'stop server', 'stop app', 'stop store'])
    expect(run.exits).toEqual([0])
    expect(run.events.eventNames()).toEqual([])
  })

  it('goes on stopping when one stop fails, and says so by its exit code', async () => {
    const calls: string[] = []
    const run = harness(async ({ own, stop }) => {
      await own('store', part('store', calls))
      await own(
        'app',
        part('app', calls, () => {
          throw new Error('stuck')
        }),
      )
      stop()
    })
    await run.done
    expect(calls).toContain('stop store')
    expect(run.exits).toEqual([1])
  })

  it('ends after the grace time when a stop hangs', async () => {
    const run = harness(async ({ own, stop }) => {
      await own('app', { stop: () => new Promise(() => {}) })
      stop()
    })
    await run.clock.advance(999)
    expect(run.exits).toEqual([])
    await run.clock.advance(1)
    await run.done
    expect(run.exits).toEqual([1])
  })

  it('ends as kill -9 does when a stop takes too long, or at a second signal', async () => {
    const overdue = startProcess(import.meta.url, './stuck.fixture.ts', { args: ['50'] })
    const asked = startProcess(import.meta.url, './stuck.fixture.ts', { args: ['600000'] })
    await Promise.all([overdue, asked].map(({ waitForLine }) => waitForLine(/running/)))
    expect(await overdue.kill('SIGTERM')).toBeNull()
    process.kill(asked.pid, 'SIGINT')
    await asked.waitForLine(/stopping/)
    process.kill(asked.pid, 'SIGINT')
    expect(await asked.exited).toBeNull()
  })

  it('exits at once on the second signal', async () => {
    const run = harness(async ({ own }) => {
      await own('app', { stop: () => new Promise(() => {}) })
    })
    run.events.emit('SIGINT', 'SIGINT')
    run.events.emit('SIGINT', 'SIGINT')
    expect(run.exits).toEqual([130])
  })

  it('cleans up behind a start that fails and prints what to do next', async () => {
    const calls: string[] = []
    const run = harness(async ({ own }) => {
      await own('store', part('store', calls))
      await own('app', {
        start: () => Promise.reject(new OpsError('PORT_IN_USE', 'port 1883 is taken')),
        stop: () => void calls.push('stop app'),
      })
    })
    await run.done
    expect(calls).toEqual(['start store', 'stop app', 'stop store'])
    expect(run.exits).toEqual([1])
    expect(run.errors()).toBe('PORT_IN_USE: port 1883 is taken\nStop the other program or choose another port.\n')
  })

  it('starts nothing more when it is told to stop while starting', async () => {
    const calls: string[] = []
    const run = harness(async ({ own, stop }) => {
      await own('store', part('store', calls))
      stop()
      await own('app', part('app', calls))
    })
    await run.done
    expect(calls).toEqual(['start store', 'stop store'])
    expect(run.exits).toEqual([0])
  })

  it('ends with 1 on an error that nobody caught', async () => {
    const calls: string[] = []
    const run = harness(async ({ own }) => {
      await own('store', part('store', calls))
      run.events.emit('uncaughtException', new Error('a bug'))
    })
    await run.done
    expect(calls).toEqual(['start store', 'stop store'])
    expect(run.exits).toEqual([1])
    expect(run.errors()).toContain('a bug')
  })
})

describe('a real process', () => {
  it('lives without a server until SIGTERM, then exits with 0', async () => {
    const child = startProcess(import.meta.url, './lifecycle.fixture.ts')
    await child.waitForLine(/ready/)
    expect(await child.kill('SIGTERM')).toBe(0)
    expect(child.lines.at(-1)).toBe('stopped')
  })

  it('exits with 1 and the reason on stderr when its configuration is wrong', async () => {
    const child = startProcess(import.meta.url, './lifecycle.fixture.ts', { args: ['wrong'] })
    expect(await child.exited).toBe(1)
    expect(child.stderr).toContain('CONFIG_INVALID: 1 problem in the configuration\n  port: ')
  })
})
