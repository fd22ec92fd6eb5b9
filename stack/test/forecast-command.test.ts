import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '@waytrace/standard/testing'
import { Command } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { forecastCommand } from '../src/commands/forecast.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** The command in this process, on a file with these lines; gives what it printed. */
async function forecast(lines: readonly string[], args: readonly string[]): Promise<string> {
  const file = join(tempDir(), 'series.csv')
  writeFileSync(file, `${lines.join('\n')}\n`)
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text
    return true
  })
  const program = new Command().exitOverride()
  forecastCommand(program)
  try {
    await program.parseAsync(['forecast', '--series', file, ...args], { from: 'user' })
  } finally {
    vi.restoreAllMocks()
  }
  return printed
}

/** A steady day, then two degrees an hour: 8 is passed in the 27th hour. */
const warming = [
  'time,value',
  ...Array.from({ length: 340 }, (_, i) => {
    const at = new Date(Date.UTC(2025, 0, 6) + i * 300_000).toISOString()
    return `${at},${(4 + 0.1 * Math.sin(i * 1.7) + Math.max(0, i - 288) / 6).toFixed(2)}`
  }),
]

describe('waytrace forecast', () => {
  it('prints warnings and the plain margin alarm as one JSON document', async () => {
    const found = JSON.parse(await forecast(warming, ['--upper', '8', '--lower', '-5', '--horizon', '15m', '--json']))
    const breach = warming.find((line) => Number(line.split(',')[1]) > 8)?.split(',')[0] ?? ''
    const [first] = found.warnings
    expect(Date.parse(breach) - Date.parse(first.at)).toBeGreaterThanOrEqual(15 * 60_000)
    expect(first.probability).toBeGreaterThanOrEqual(0)
    expect(first.probability).toBeLessThanOrEqual(1)
    expect(first.side).toBe('upper')
    const close = found.warnings.at(-1)
    expect(Math.abs(Date.parse(close.breachAt) - Date.parse(breach))).toBeLessThan(15 * 60_000)
    expect(found.baseline.length).toBeGreaterThan(0)
  })

  it('says in words that there is nothing to warn of', async () => {
    expect(await forecast(warming.slice(0, 280), ['--upper', '30'])).toContain('No warning.')
  })

  it('names line and column of what is no time or no number', async () => {
    const bad = [...warming.slice(0, 4), 'soon,5', '2025-01-06T01:00:00Z,cold']
    await expect(forecast(bad, ['--upper', '8'])).rejects.toThrow(/line 5, column time.*line 6, column value/)
  })

  it.each([
    [['time,celsius', '2025-01-06T01:00:00Z,5'], ['--upper', '8'], 'column value is missing'],
    [['time,value'], ['--upper', '8'], 'no rows'],
    [warming, [], 'give a limit'],
    [warming, ['--upper', 'warm'], '--upper wants a number'],
    [warming, ['--upper', '8', '--lower', '9'], 'must be below'],
    [warming, ['--upper', '8', '--horizon', 'soon'], '--horizon wants a time'],
  ])('refuses what it cannot use, and says what (%#)', async (lines, args, message) => {
    await expect(forecast(lines, args)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(forecast(lines, args)).rejects.toThrow(message)
  })

  it('a missing file is bad input, not a crash', async () => {
    const program = new Command().exitOverride()
    forecastCommand(program)
    const args = ['forecast', '--series', join(tempDir(), 'none.csv'), '--upper', '8']
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})
