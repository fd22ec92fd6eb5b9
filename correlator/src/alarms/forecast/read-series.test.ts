import type { OpsError } from '@waytrace/standard'
import { describe, expect, it } from 'vitest'
import { readSeries, readTime } from './read-series.ts'

describe('a series from a file', () => {
  it('takes times with and without a zone, and seconds or milliseconds since 1970', () => {
    const at = Date.UTC(2025, 0, 2, 3, 4, 5)
    for (const text of [
      '2025-01-02T03:04:05Z',
      '2025-01-02T04:04:05+01:00',
      '2025-01-02 03:04:05',
      String(at),
      String(at / 1000),
    ])
      expect(readTime(text), text).toBe(at)
    expect(readTime('2025-01-02 03:04')).toBe(at - 5000)
    for (const text of ['', 'yesterday', '2025-02-30T00:00:00Z', '12', '2025-01-02'])
      expect(readTime(text), text).toBeUndefined()
  })

  it('an empty value is a failed measurement', () => {
    expect(readSeries([{ line: 2, time: '2025-01-02T00:00:00Z', value: '' }])).toEqual([{ at: Date.UTC(2025, 0, 2) }])
  })

  it('names every line and column at fault', () => {
    const rows = [
      { line: 2, time: 'noon', value: '5' },
      { line: 3, time: '2025-01-02T00:00:00Z', value: 'warm' },
      { line: 5, time: '2025-01-02T00:05:00Z', value: 'Infinity' },
    ]
    let error: OpsError | undefined
    try {
      readSeries(rows)
    } catch (thrown) {
      error = thrown as OpsError
    }
    expect(error?.code).toBe('INPUT_INVALID')
    expect(error?.message).toContain('line 2, column time')
    expect(error?.message).toContain('line 3, column value: a number is wanted, got "warm"')
    expect(error?.message).toContain('line 5, column value')
    expect(() => readSeries([])).toThrow('no rows')
  })
})
