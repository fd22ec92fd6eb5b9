import { appendFileSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { encodeBlock } from '@waytrace/devices'
import { eventually, freePort, tempDir } from '@waytrace/standard/testing'
import modbusSerial from 'modbus-serial'
import { connectAsync } from 'mqtt'
import { startMosquitto } from '../support/mosquitto.ts'
import { serialCable } from '../support/socat.ts'
import { linkContract } from './link-contract.ts'

const LABEL = ']C100095212340000000013'

linkContract('tcp', async () => {
  const port = await freePort()
  const scanner = networkScanner(port)
  await scanner.listen()
  return {
    config: { type: 'tcp', host: '127.0.0.1', port },
    frame: LABEL,
    say: async () => scanner.say(`${LABEL}\r\n`),
    away: () => scanner.close(),
    back: () => scanner.listen(),
    close: () => scanner.close(),
  }
})

linkContract('tcp-server', async () => ({
  config: { type: 'tcp-server', host: '127.0.0.1', port: 0 },
  frame: LABEL,
  say: (link) =>
    new Promise((resolve, reject) => {
      const { port } = link.address?.() ?? { port: 1 }
      const socket = connect(port, '127.0.0.1', () => socket.end(`${LABEL}\r\n`))
      socket.once('error', reject)
      socket.once('close', () => resolve())
      socket.resume()
    }),
  close: async () => {},
}))

linkContract('serial', async () => {
  const where = tempDir('serial')
  let cable = await serialCable(where)
  return {
    config: { type: 'serial', path: cable.agentEnd },
    frame: LABEL,
    say: async () => writeFileSync(cable.deviceEnd, `${LABEL}\r\n`),
    away: () => cable.pull(),
    back: async () => {
      cable = await serialCable(where)
    },
    close: () => cable.pull(),
  }
})

linkContract('slcan', async () => {
  const where = tempDir('serial')
  let cable = await serialCable(where)
  return {
    config: { type: 'slcan', path: cable.agentEnd },
    // One DM1 in three packets: SPN/FMI 91/3, 92/4, 93/5, 94/6 (pretty_j1939, tests/dm1.log).
    frame: '\x00\xff\x5b\x00\x03\x01\x5c\x00\x04\x02\x5d\x00\x05\x03\x5e\x00\x06\x04',
    say: async () => {
      const lines = [
        'T1CECFF0082012000' + '3FFCAFE00',
        'T1CEBFF00801' + '00FF5B0003015C',
        'T1CEBFF00802' + '0004025D000503',
        'T1CEBFF00803' + '5E000604FFFFFF',
      ]
      writeFileSync(cable.deviceEnd, lines.map((line) => `${line}\r`).join(''))
    },
    away: () => cable.pull(),
    back: async () => {
      cable = await serialCable(where)
    },
    close: () => cable.pull(),
  }
})

linkContract('mqtt-bridge', async () => {
  const port = await freePort()
  let broker = await startMosquitto(port)
  return {
    config: { type: 'mqtt-bridge', url: broker.url, topics: ['gw/wh1/+/#'] },
    frame: LABEL,
    async say() {
      const gateway = await connectAsync(broker.url)
      await gateway.publishAsync('gw/wh1/g1/scan', LABEL, { qos: 1 })
      await gateway.endAsync()
    },
    away: () => broker.stop(),
    back: async () => {
      broker = await startMosquitto(port)
    },
    close: () => broker.stop(),
  }
})

linkContract('http', async () => ({
  config: { type: 'http', host: '127.0.0.1', port: 0, path: '/uplink', token: 'secret-token' },
  frame: LABEL,
  async say(link) {
    const { port } = link.address?.() ?? { port: 1 }
    const headers = { authorization: 'Bearer secret-token' }
    const { status } = await fetch(`http://127.0.0.1:${port}/uplink`, { method: 'POST', headers, body: LABEL })
    if (status !== 200) throw new Error(`answered ${status}`)
  },
  close: async () => {},
}))

linkContract('file', async () => {
  const path = join(tempDir('file'), 'log.csv')
  writeFileSync(path, '')
  return {
    config: { type: 'file', path, intervalMs: 20 },
    frame: LABEL,
    say: async () => appendFileSync(path, `${LABEL}\r\n`),
    away: () => rename(path, `${path}.away`),
    back: () => rename(`${path}.away`, path),
    close: async () => {},
  }
})

linkContract('modbus', async () => {
  const port = await freePort()
  const units = [{ unit: 1, intervalMs: 20, timeoutMs: 500, blocks: [{ function: 3 as const, start: 0, count: 1 }] }]
  let server = await modbusUnit(port)
  const block = encodeBlock({ unit: 1, function: 3, start: 0, count: 1, data: Uint8Array.of(0x00, 0x2a) })
  return {
    config: { type: 'modbus', host: '127.0.0.1', port, unit: 1 },
    ports: { units },
    frame: Buffer.from(block).toString('latin1'),
    say: async () => {},
    away: () => server.close(),
    back: async () => {
      server = await modbusUnit(port)
    },
    close: () => server.close(),
  }
})

/** A real Modbus TCP unit whose register 0 is 42. */
async function modbusUnit(port: number): Promise<{ close(): Promise<void> }> {
  const registers = { getHoldingRegister: (address: number) => (address === 0 ? 42 : 0) }
  const server = new modbusSerial.ServerTCP(registers, { host: '127.0.0.1', port, unitID: 1 })
  await new Promise<void>((resolve) => server.once('initialized', () => resolve()))
  return {
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function networkScanner(port: number) {
  let server: Server | undefined
  const clients = new Set<Socket>()
  return {
    listen: () =>
      new Promise<void>((resolve) => {
        server = createServer((socket) => {
          clients.add(socket)
          socket.on('error', () => {})
          socket.on('close', () => clients.delete(socket))
          socket.resume()
        }).listen(port, '127.0.0.1', () => resolve())
      }),
    async say(text: string): Promise<void> {
      await eventually(() => clients.size > 0, { timeoutMs: 1000 })
      for (const client of clients) client.write(text)
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const client of clients) client.destroy()
        if (server === undefined) return resolve()
        server.close(() => resolve())
        server = undefined
      }),
  }
}
