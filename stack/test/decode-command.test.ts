import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drivers } from '@waytrace/devices'
import { tempDir } from '@waytrace/standard/testing'
import { describe, expect, it } from 'vitest'
import { run, waytrace } from './cli.ts'

interface Vector {
  why: string
  frame?: string
  text?: string
  options?: Record<string, unknown>
  context?: { port?: number; address?: string; receivedAt?: number | string }
  observations?: { kind: string; value?: unknown }[]
  error?: string
}

const DEVICES = fileURLToPath(new URL('../../devices/src', import.meta.url))

function vectorsOf(driver: string): Vector[] {
  const folder = ['scanners', 'cold-chain', 'vehicles'].find((name) =>
    readdirSync(join(DEVICES, name)).includes(`${driver}.vectors.json`),
  )
  const file = JSON.parse(readFileSync(join(DEVICES, folder ?? '', `${driver}.vectors.json`), 'utf8'))
  return Array.isArray(file) ? file : file.vectors
}

/** What a person types for a vector. */
function argsOf(driver: string, { frame, text, options = {}, context = {} }: Vector): string[] {
  const given = {
    ...options,
    ...(context.port === undefined ? {} : { fPort: context.port }),
    ...(context.address === undefined ? {} : { mac: context.address }),
  }
  const pairs = Object.entries(given).flatMap(([key, value]) => [
    '--option',
    `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ])
  // Joined by =, because a frame may begin with a dash.
  const bytes = frame === undefined ? `--text=${escaped(text ?? '')}` : `--hex=${frame}`
  return ['decode', '--driver', driver, bytes, ...pairs]
}

/** Control characters as a shell can carry them. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be escaped
  return text.replaceAll(/[\x00-\x1f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

describe.each(Object.keys(drivers))('waytrace decode --driver %s', (driver) => {
  const vectors = vectorsOf(driver)

  it('prints the observations of its first good vector, one a line', async () => {
    const good = vectors.find(({ observations = [] }) => observations.length > 0)
    if (good === undefined) throw new Error('no good vector')
    const { code, stdout, stderr } = await run(...argsOf(driver, good))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = stdout.split('\n').map((line) => JSON.parse(line))
    expect(found.map(({ kind, value }) => ({ kind, value }))).toEqual(
      good.observations?.map(({ kind, value }) => ({ kind, value })),
    )
  })

  it('refuses its first bad vector with the code', async () => {
    const bad = vectors.find(({ error, context }) => error === 'FRAME_MALFORMED' && context === undefined)
    if (bad === undefined) throw new Error('no bad vector')
    const { code, stdout, stderr } = await run(...argsOf(driver, bad))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^FRAME_MALFORMED: /)
  })
})

describe('the decode command as a process', () => {
  const cwd = tempDir('decode')
  const RUUVI = '0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F'

  it('ends with 0 and prints only results', async () => {
    const { code, stdout, stderr } = await waytrace(['decode', '--driver', 'ruuvi-df5', '--hex', RUUVI], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const kinds = stdout.split('\n').map((line) => JSON.parse(line).kind)
    expect(kinds).toContain('temperature')
  })

  it.each([
    ['a malformed frame', ['--driver', 'ruuvi-df5', '--hex', '05'], 'FRAME_MALFORMED'],
    ['an unknown driver', ['--driver', 'nonesuch', '--hex', '05'], 'NOT_FOUND'],
    ['digits that are no hex', ['--driver', 'ruuvi-df5', '--hex', 'xy'], 'INPUT_INVALID'],
    [
      'an option that the driver has not',
      ['--driver', 'ruuvi-df5', '--hex', RUUVI, '--option', 'a=b'],
      'OPTIONS_INVALID',
    ],
    ['both forms of a frame', ['--driver', 'gs1', '--hex', '05', '--text', 'a'], 'INPUT_INVALID'],
  ])('ends with 1 and the code for %s', async (_, args, code) => {
    const ended = await waytrace(['decode', ...args], { cwd })
    expect(ended.code).toBe(1)
    expect(ended.stdout).toBe('')
    expect(ended.stderr).toMatch(new RegExp(`^${code}: `))
    expect(ended.stderr).not.toContain('    at ')
  })
})
