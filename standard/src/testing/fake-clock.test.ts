import { describe, expect, it } from 'vitest'
import { fakeClock } from './index.ts'

describe('the fake clock', () => {
  it('fires timers in the order they are due, at the time they are due', async () => {
    const clock = fakeClock(1000)
    const fired: [string, number][] = []
    clock.after(30, () => fired.push(['c', clock.now()]))
    clock.after(10, () => fired.push(['a', clock.now()]))
    clock.after(10, () => fired.push(['b', clock.now()]))
    await clock.advance(29)
    expect(fired).toEqual([
      ['a', 1010],
      ['b', 1010],
    ])
    await clock.advance(1)
    expect(fired.at(-1)).toEqual(['c', 1030])
    expect(clock.pending).toBe(0)
  })

  it('fires timers that timers started within the same advance', async () => {
    const clock = fakeClock(0)
    const fired: number[] = []
    const loop = async () => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(10)
        fired.push(clock.now())
      }
    }
    const done = loop()
    await clock.advance(35)
    await done
    expect(fired).toEqual([10, 20, 30])
  })

  it('repeats until cancelled', async () => {
    const clock = fakeClock(0)
    let count = 0
    const timer = clock.every(10, () => {
      if (++count === 3) timer.cancel()
    })
    await clock.advance(100)
    expect(count).toBe(3)
    expect(clock.pending).toBe(0)
  })

  it('ends a sleep that is aborted, and leaves no timer', async () => {
    const clock = fakeClock(0)
    const stop = new AbortController()
    const slept = clock.sleep(1000, stop.signal)
    stop.abort()
    await slept
    await clock.sleep(1000, stop.signal)
    expect(clock.pending).toBe(0)
  })

  it('lets the wall clock jump without moving timers', async () => {
    const clock = fakeClock(1_000_000)
    let fired = 0
    clock.after(50, () => fired++)
    clock.jumpTo(0)
    await clock.advance(49)
    expect([clock.now(), fired]).toEqual([49, 0])
    await clock.advance(1)
    expect(fired).toBe(1)
  })
})
