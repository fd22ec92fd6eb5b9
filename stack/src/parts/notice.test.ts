import type { PartHealth } from '@waytrace/dashboards'
import { fakeClock, tempDir } from '@waytrace/standard/testing'
import { expect, it } from 'vitest'
import { postNotice, readNotice } from './notice.ts'

const health = (state: PartHealth['state']): PartHealth => ({
  name: 'broker',
  state,
  reasons: [],
  figures: { clients: 3 },
})

it('tells what a part last said, and that it is down when it never spoke, has stopped or fell silent', async () => {
  const data = tempDir('notice')
  const clock = fakeClock()
  const read = () => readNotice(data, 'broker', clock.now())
  expect(read()).toMatchObject({ state: 'down', reasons: [expect.stringContaining('waytrace broker')] })

  let state: PartHealth['state'] = 'ok'
  const notice = postNotice(data, 'broker', clock, () => health(state))
  notice.start()
  expect(read()).toMatchObject({ state: 'ok', figures: { clients: 3, pid: process.pid } })
  state = 'degraded'
  await clock.advance(1000)
  expect(read().state).toBe('degraded')

  expect(readNotice(data, 'broker', clock.now() + 60_000)).toMatchObject({
    state: 'down',
    reasons: [`process ${process.pid} has said nothing for 60 s: it was killed, or is stuck`],
    figures: { clients: 3 },
  })
  notice.stop()
  expect(read()).toMatchObject({ state: 'down', reasons: [expect.stringContaining('not running')] })
  expect(clock.pending).toBe(0)
})
