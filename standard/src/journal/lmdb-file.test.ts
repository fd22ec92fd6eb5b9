import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/index.ts'
import { openJournal } from './index.ts'

const options = { maxBytes: 1e6, reserveBytes: 0, onFull: 'wait' } as const

it.each([
  ['is something else', () => Buffer.from('not a database')],
  ['holds zeros', (whole: Buffer) => Buffer.alloc(whole.length)],
  ['was cut off', (whole: Buffer) => whole.subarray(0, 5000)],
])('a file that %s is one error, not the end of the process', async (_, damage) => {
  const path = tempDir('damaged')
  const journal = openJournal({ path, ...options })
  await journal.append(Buffer.from('a'))
  await journal.close()
  const file = join(path, 'data.mdb')
  const whole = readFileSync(file)
  writeFileSync(file, damage(whole))
  expect(() => openJournal({ path, ...options })).toThrow(expect.objectContaining({ code: 'JOURNAL_CORRUPT' }))
  writeFileSync(file, whole)
  const again = openJournal({ path, ...options })
  expect(again.stats().last).toBe(1)
  await again.close()
})

it('a file that was made and not written to is a new journal', async () => {
  const path = tempDir('empty')
  writeFileSync(join(path, 'data.mdb'), '')
  const journal = openJournal({ path, ...options })
  expect(await journal.append(Buffer.from('a'))).toBe(1)
  await journal.close()
})
