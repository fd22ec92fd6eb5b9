import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { causesCommand } from './causes.ts'

let folder = ''
let printed = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waytrace-causes-'))
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

async function run(csv: string, ...more: string[]): Promise<string> {
  const file = join(folder, 'table.csv')
  writeFileSync(file, csv)
  const program = new Command().exitOverride()
  causesCommand(program)
  await program.parseAsync(['causes', '--table', file, ...more], { from: 'user' })
  return printed
}

const TABLE = [
  'truck,leg,n,k',
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((truck) =>
    [1, 2, 3].map((leg) => `T${truck},L${leg},20,${truck === 4 ? 17 : leg === truck ? 1 : 0}`),
  ),
].join('\n')

test('the causes of a table are one JSON document of the promised shape', async () => {
  expect(JSON.parse(await run(TABLE, '--json'))).toEqual({
    causes: [
      {
        attributes: { truck: 'T4' },
        n: 60,
        k: 51,
        nOutside: 420,
        kOutside: 3,
        logBayesFactor: expect.any(Number),
        ambiguousWith: [],
      },
    ],
    unexplained: expect.any(Number),
  })
})

test('people read what is alarmed inside and outside', async () => {
  expect(await run(TABLE)).toMatch(/truck = T4 +51 of 60 alarmed +3 of 420 alarmed/)
  printed = ''
  expect(await run('truck,n,k\nT1,10,0\nT2,10,0\n')).toMatch(/No shared cause/)
})

test('with a forecast, n may be left out and a drop is found', async () => {
  const table = TABLE.replace('truck,leg,n,k', 'truck,leg,expected,k').replace(/,20,(\d+)/g, (_, k) =>
    k === '17' ? ',200,90' : ',200,201',
  )
  expect(await run(table)).toMatch(/truck = T4 +270 where 600 was expected/)
})

test('bad tables are refused by line and column', async () => {
  await expect(run('truck,n,k\nT1,10,11\n')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('line 2, column k'),
  })
  await expect(run('truck,n\nT1,10\n')).rejects.toThrow(/column k/)
  await expect(run('truck,n,k\nT1,10\n')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})
