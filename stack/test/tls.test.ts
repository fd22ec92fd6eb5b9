import { writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { type Agent, checkAgentConfig } from '@waytrace/edge-agent'
import { gs1Uri } from '@waytrace/standard'
import { certificate, eventually, tempDir } from '@waytrace/standard/testing'
import { afterEach, expect, it } from 'vitest'
import { edgeAgent } from './support/site.ts'
import { told, waytrace } from './support/waytrace.ts'

const AGENT = gs1Uri('8004', '9521234AGT0007')
const SCANNER = gs1Uri('8004', '9521234SCN1')

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** `waytrace.yaml` of a centre that speaks TLS only; YAML is a superset of JSON. */
function configFile(folder: string, parts: { mqtt: object; http: object }): string {
  const file = join(folder, 'waytrace.yaml')
  const journal = { reserveBytes: 0 }
  writeFileSync(file, JSON.stringify({ data: join(folder, 'data'), logLevel: 'warn', journal, ...parts }))
  return file
}

function body(url: string, ca: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { ca }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    }).on('error', reject)
  })
}

it('an agent signs in over TLS with a client certificate and nothing else, and its scan is served over HTTPS', async () => {
  const folder = tempDir('tls')
  const server = certificate('centre')
  const own = certificate('edge1')
  const config = configFile(folder, {
    mqtt: { plain: false, tls: { port: 0, ...server.files, clientCertificates: true } },
    http: { port: 0, demo: true, tls: server.files },
  })
  const enroll = ['enroll', 'edge1', '--site', 'wh1', '--config', config, '--source', AGENT]
  const said = await told([...enroll, '--device', `s1=scanner=${SCANNER}`, '--certificate', own.files.certFile])
  expect(said).not.toMatch(/^password +[A-Za-z0-9_-]{20,}$/m)

  const up = waytrace(['up', '--no-demo', '--config', config])
  stops.push(() => up.kill())
  const line = await up.waitForLine(/^Waytrace is ready/)
  const [, http = '', mqtt = ''] = /ready: (https:\S+) +MQTT: (mqtts:\S+)/.exec(line) ?? []

  const label = ']C100095212340000000013400SO-100417'
  const scans = join(folder, 'scans.txt')
  writeFileSync(scans, '')
  const agentConfig = (tls: object) =>
    checkAgentConfig({
      agent: { site: 'wh1', agent: 'edge1', source: AGENT, gln: '9521234000006' },
      uplink: { url: mqtt, tls, backoffMinMs: 20, backoffMaxMs: 200 },
      spool: { reserveBytes: 0 },
      devices: [
        {
          slug: 's1',
          urn: SCANNER,
          kind: 'scanner',
          link: { type: 'file', path: scans, intervalMs: 20 },
          driver: 'gs1',
          station: 'stage',
        },
      ],
      stations: [
        {
          id: 'stage',
          bizStep: 'staging_outbound',
          readPoint: 'https://id.gs1.org/414/9521234000013/254/DOCK07',
          operator: { required: false },
        },
      ],
    })
  const start = async (tls: object, dataDir: string): Promise<Agent> => {
    const agent = await edgeAgent(agentConfig(tls), dataDir)
    stops.push(() => agent.stop())
    return agent
  }
  const stranger = certificate('stranger')
  const impostor = await start({ caFile: server.files.certFile, ...stranger.files }, tempDir('impostor'))
  const agent = await start({ caFile: server.files.certFile, ...own.files }, tempDir('agent'))
  writeFileSync(scans, `${label}\n`, { flag: 'a' })
  const timeline = await eventually(
    async () => {
      const { status, text } = await body(`${http}/api/orders/SO-100417`, server.cert)
      return status === 200 ? (JSON.parse(text) as { nodes: { node: string; at?: string; device?: string }[] }) : false
    },
    { timeoutMs: 30_000, intervalMs: 50 },
  )
  expect(timeline.nodes.filter(({ at }) => at !== undefined)).toMatchObject([{ device: SCANNER }])
  await eventually(() => agent.stats().spool.depth === 0)
  expect(impostor.stats().uplink.connections).toBe(0)
  await expect(body(`${http}/healthz`, stranger.cert)).rejects.toThrow()
  expect(await up.kill('SIGTERM')).toBe(0)
}, 180_000)

it('a key file that cannot be read is named with its option, and the command ends with 1', async () => {
  const server = certificate('centre')
  for (const [option, parts] of [
    [
      'mqtt.tls.keyFile',
      { mqtt: { port: 0, tls: { port: 0, ...server.files, keyFile: '/nowhere/x.key' } }, http: { port: 0 } },
    ],
    ['http.tls.keyFile', { mqtt: { port: 0 }, http: { port: 0, tls: { ...server.files, keyFile: '/nowhere/x.key' } } }],
  ] as const) {
    const up = waytrace(['up', '--no-demo', '--config', configFile(tempDir('tls'), parts)])
    expect(await up.exited).toBe(1)
    expect(up.stderr).toContain(`${option}: /nowhere/x.key cannot be read (ENOENT)`)
  }
}, 180_000)
