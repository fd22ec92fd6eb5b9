import { startProcess, tempDir } from '@waytrace/standard/testing'
import { expect, it } from 'vitest'
import { onlyOne } from './only-one.ts'

it('refuses a second claim of the same folder and part, and no other', async () => {
  const data = tempDir('claim')
  const first = onlyOne(data, 'ingest')
  await first.start()
  await expect(onlyOne(data, 'ingest').start()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
  for (const other of [onlyOne(data, 'rebuild'), onlyOne(tempDir('claim'), 'ingest')]) {
    await other.start()
    await other.stop()
  }
  await first.stop()
  const next = onlyOne(data, 'ingest')
  await next.start()
  await next.stop()
})

it('lets go of what a killed process held', async () => {
  const data = tempDir('claim')
  const holder = startProcess(import.meta.url, './only-one.fixture.ts', { args: [data] })
  await holder.waitForLine(/held/)
  await expect(onlyOne(data, 'ingest').start()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
  await holder.kill()
  const next = onlyOne(data, 'ingest')
  await next.start()
  await next.stop()
})
