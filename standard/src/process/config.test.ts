import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { OpsError } from '../event/errors.ts'
import { tempDir } from '../testing/places.ts'
import { configTable, envExample, loadConfig } from './index.ts'

const schema = z.strictObject({
  name: z.string().describe('What it is called'),
  http: z
    .strictObject({
      port: z.int().min(0).max(65535).default(8080).describe('Port of the control room'),
      tls: z.boolean().default(false).describe('Serve HTTPS'),
    })
    .prefault({})
    .describe('The HTTP shell'),
  influxUrl: z.url().optional().meta({ description: 'InfluxDB, when there is one', env: 'INFLUX_URL' }),
  password: z.string().optional().describe('Secret'),
  devices: z
    .array(z.strictObject({ id: z.string().describe('Slug'), link: z.enum(['serial', 'tcp']).describe('How') }))
    .default([])
    .describe('Devices'),
})

function file(text: string): string {
  const path = join(tempDir('config'), 'agent.yaml')
  writeFileSync(path, text)
  return path
}

function issuesOf(run: () => unknown): Record<string, string> {
  try {
    run()
  } catch (error) {
    if (error instanceof OpsError && error.code === 'CONFIG_INVALID')
      return Object.fromEntries(error.issues.map(({ path, message }) => [path, message]))
    throw error
  }
  return {}
}

describe('loading a configuration', () => {
  it('lets the environment win over the file, and the command line over both', () => {
    const config = loadConfig(schema, {
      file: file('name: yard\nhttp: { port: 1, tls: true }\n'),
      env: { WAYTRACE_HTTP_PORT: '2', WAYTRACE_NAME: 'dock', INFLUX_URL: 'http://localhost:8086', HOME: '/x' },
      overrides: { http: { port: 3, tls: undefined } },
    })
    expect(config).toMatchObject({
      name: 'dock',
      http: { port: 3, tls: true },
      influxUrl: 'http://localhost:8086',
      devices: [],
    })
  })

  it('keeps text that looks like a number as text where text is wanted', () => {
    expect(loadConfig(schema, { env: { WAYTRACE_NAME: '12', WAYTRACE_PASSWORD: '0123' } })).toMatchObject({
      name: '12',
      password: '0123',
    })
  })

  it('names every problem at once with its path', () => {
    const path = file('http: { port: 70000, prot: 1 }\ndevices:\n  - id: 7\n    link: usb\n    colour: red\n')
    const issues = issuesOf(() => loadConfig(schema, { file: path, env: { WAYTRACE_HTTP_PROT: '1' } }))
    expect(Object.keys(issues).sort()).toEqual(
      [
        'WAYTRACE_HTTP_PROT',
        'devices.0.colour',
        'devices.0.id',
        'devices.0.link',
        'http.port',
        'http.prot',
        'name',
      ].sort(),
    )
    expect(issues['http.prot']).toBe('unknown key')
  })

  it('says unknown key even where the schema would have stripped it', () => {
    const loose = z.object({
      a: z.number().optional(),
      map: z.record(z.string(), z.object({ b: z.number() })).optional(),
    })
    expect(issuesOf(() => loadConfig(loose, { overrides: { aa: 1, map: { x: { b: 1, c: 2 } } } }))).toEqual({
      aa: 'unknown key',
      'map.x.c': 'unknown key',
    })
  })

  it('says the line of a syntax error, and which file is missing', () => {
    const broken = file('name: a\nname: b\n')
    expect(Object.keys(issuesOf(() => loadConfig(schema, { file: broken, env: { WAYTRACE_NAME: 'x' } })))).toEqual([
      `${broken}:2:1`,
    ])
    expect(issuesOf(() => loadConfig(schema, { file: '/nowhere.yaml', env: { WAYTRACE_NAME: 'x' } }))).toEqual({
      '/nowhere.yaml': 'cannot be read (ENOENT)',
    })
  })

  it('does not repeat a secret in the message', () => {
    const secret = z.strictObject({ password: z.string().min(20) })
    expect(() => loadConfig(secret, { env: { WAYTRACE_PASSWORD: 'hunter2' } })).toThrow(/password/)
    expect(() => loadConfig(secret, { env: { WAYTRACE_PASSWORD: 'hunter2' } })).not.toThrow(/hunter2/)
  })
})

describe('the table of options', () => {
  it('lists every option with variable, type, default and meaning', () => {
    const table = configTable(schema)
    expect(table).toContain('| `http.port` | `WAYTRACE_HTTP_PORT` | integer | `8080` | Port of the control room |')
    expect(table).toContain('| `name` | `WAYTRACE_NAME` | string | must be given | What it is called |')
    expect(table).toContain('| `influxUrl` | `INFLUX_URL` |')
    expect(table).toContain('| `devices[].link` |  | serial, tcp | must be given | How |')
  })

  it('makes an example of the environment', () => {
    expect(envExample(schema)).toContain('# Port of the control room\n#WAYTRACE_HTTP_PORT=8080\n')
    expect(envExample(schema)).toContain('\nWAYTRACE_NAME=\n')
  })
})
