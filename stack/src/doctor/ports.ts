import http from 'node:http'
import https from 'node:https'
import { createServer } from 'node:net'
import type { HttpConfig } from '@waytrace/dashboards'
import { connectAnswer } from './connack.ts'
import { act, type Check, type Finding, ok } from './finding.ts'

const TIMEOUT_MS = 3000

/** Whether the ports can be listened on, or are ours already. */
export const ports: Check = async ({ config, data }) => {
  const { mqtt, externalBroker } = config
  const running = (data?.users.length ?? 0) > 0
  const found = [await port('HTTP port', config.http, 'http.port', () => isOurShell(config.http))]
  if (externalBroker !== undefined) return found
  const { host } = mqtt
  if (mqtt.plain) found.push(await port('MQTT port', mqtt, 'mqtt.port', () => isOurBroker(mqtt, running)))
  // A handshake there may want a client certificate: that the folder is in use has to do.
  const others = { 'mqtt.tls.port': mqtt.tls?.port, 'mqtt.webSocketPort': mqtt.webSocketPort }
  for (const [option, at] of Object.entries(others))
    if (at !== undefined) found.push(await port(option, { host, port: at }, option, async () => running))
  return found
}

async function port(
  what: string,
  { host, port }: { host: string; port: number },
  option: string,
  isOurs: () => Promise<boolean>,
): Promise<Finding> {
  const trouble = await listenError(host, port)
  if (trouble === undefined) return ok(what, `${host}:${port} is free`)
  if (trouble === 'EADDRINUSE') {
    if (await isOurs()) return ok(what, `${host}:${port} is served by Waytrace`)
    return act(what, `${host}:${port} is taken by another program`, `stop it, or choose another ${option}`)
  }
  if (trouble === 'EACCES')
    return act(what, `${host}:${port} may not be listened on`, `choose an ${option} above 1023, or give the right`)
  return act(what, `${host}:${port}: ${trouble}`, `correct ${option} or its host`)
}

/** The code of what stands in the way of listening there; undefined when nothing does. */
function listenError(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

/** `/healthz` with its one word. Certificates do not matter here: nothing is told to whoever answers. */
function isOurShell({ host, port, tls }: HttpConfig): Promise<boolean> {
  const { get } = tls === undefined ? http : https
  return new Promise((resolve) => {
    const options = { host: reachable(host), port, path: '/healthz', timeout: TIMEOUT_MS, rejectUnauthorized: false }
    const request = get(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve(response.statusCode === 200 && text.startsWith('{"state":')))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}

/** Our folder is in use, and who listens speaks MQTT. No credential is shown to whoever that is. */
async function isOurBroker({ host, port }: { host: string; port: number }, running: boolean): Promise<boolean> {
  return running && (await connectAnswer(`mqtt://${reachable(host)}:${port}`, {}, TIMEOUT_MS)).answered
}

/** Where to knock when it listens on every address. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}
