import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess, tempDir } from '@waytrace/standard/testing'
import type { LoadPlan, LoadResult } from './plan.ts'

/** A load generator that is connected and has everything encoded. */
export interface ReadyLoad {
  /** Sends everything; resolves when all is acknowledged. The connections stay. */
  go(): Promise<LoadResult>
  /** Ends the connections. */
  end(): Promise<void>
}

export async function prepareLoad(plan: LoadPlan): Promise<ReadyLoad> {
  const file = join(tempDir('bench'), 'plan.json')
  writeFileSync(file, JSON.stringify(plan), { mode: 0o600 })
  const generator = startProcess(import.meta.url, './generator.ts', { args: [file] })
  await generator.waitForLine(/^ready/)
  return {
    async go() {
      generator.send('go')
      const line = await generator.waitForLine(/^done /)
      return JSON.parse(line.slice('done '.length)) as LoadResult
    },
    async end() {
      generator.send('end')
      await generator.exited
    },
  }
}
