import { createLog } from '@waytrace/standard/process'
import { eventually, fakeClock } from '@waytrace/standard/testing'
import { expect, it } from 'vitest'
import { chore } from './chore.ts'

it('goes on while there is more, waits when there is not, survives a failure and stops after the step in hand', async () => {
  const clock = fakeClock()
  const answers: (boolean | Error)[] = [true, true, false, new Error('disk'), false]
  let steps = 0
  const it = chore(
    'test',
    1000,
    async () => {
      const answer = answers[steps++] ?? false
      if (answer instanceof Error) throw answer
      return answer
    },
    { clock, log: createLog('test', { level: 'silent' }) },
  )
  it.start()
  await eventually(() => steps === 3 && clock.pending > 0)
  await clock.advance(1000)
  await eventually(() => steps === 4 && clock.pending > 0)
  await clock.advance(1000)
  await eventually(() => steps === 5 && clock.pending > 0)
  await it.stop()
  await clock.advance(10_000)
  expect(steps).toBe(5)
})
