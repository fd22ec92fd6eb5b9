import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, type FaultProxy, faultProxy } from './index.ts'

/** A client that keeps what it got and knows whether its connection ended. */
interface Client {
  socket: Socket
  got(): string
  readonly ended: boolean
}

let server: Server
let served: Socket[]
let arrived: string
let proxy: FaultProxy
const clients: Client[] = []

beforeEach(async () => {
  served = []
  arrived = ''
  server = createServer((socket) => {
    served.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      arrived += chunk
      socket.write(`<${chunk}>`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening on TCP')
  proxy = await faultProxy({ target: { port: address.port } })
})
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy()
  await proxy.close()
  for (const socket of served) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

async function open(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1')
  let got = ''
  let ended = false
  socket.on('data', (chunk) => {
    got += chunk
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  const client = {
    socket,
    got: () => got,
    get ended() {
      return ended
    },
  }
  clients.push(client)
  return client
}

describe('the fault proxy', () => {
  it('passes both ways', async () => {
    const client = await open()
    client.socket.write('hello')
    await eventually(() => client.got() === '<hello>')
    expect(proxy.bytes).toEqual({ up: 5, down: 7 })
  })

  it('passes the end of a connection on', async () => {
    const client = await open()
    client.socket.end('bye')
    await eventually(() => client.ended && client.got() === '<bye>')
    await eventually(() => proxy.connections === 0)
  })

  it('delays without letting later bytes overtake', async () => {
    const client = await open()
    proxy.delay(50)
    client.socket.write('a')
    await eventually(() => proxy.connections === 1)
    proxy.pass()
    client.socket.write('b')
    await eventually(() => arrived === 'ab')
  })

  it('holds everything of a half-open connection, tells no end, and gives it on when healed', async () => {
    const client = await open()
    client.socket.write('a')
    await eventually(() => client.got() === '<a>')
    proxy.halt()
    client.socket.write('b')
    const other = await open()
    other.socket.write('c')
    served[0]?.destroy()
    await eventually(() => proxy.connections === 2)
    expect([arrived, client.ended, other.ended]).toEqual(['a', false, false])
    proxy.pass()
    await eventually(() => other.got() === '<c>')
    await eventually(() => client.ended)
  })

  it('loses only the way back when that direction is halted', async () => {
    const client = await open()
    proxy.halt('down')
    client.socket.write('a')
    await eventually(() => arrived === 'a')
    expect(client.got()).toBe('')
    proxy.pass()
    await eventually(() => client.got() === '<a>')
  })

  it('cuts in the middle of a message', async () => {
    const client = await open()
    proxy.truncate(3)
    client.socket.write('hello')
    await eventually(() => client.ended)
    expect(arrived).toBe('hel')
    const next = await open()
    next.socket.write('again')
    await eventually(() => next.got() === '<again>')
  })

  it('cuts all connections and refuses new ones until it passes again', async () => {
    const client = await open()
    proxy.refuse()
    await eventually(() => client.ended)
    const refused = await open()
    await eventually(() => refused.ended)
    proxy.pass()
    const served = await open()
    served.socket.write('x')
    await eventually(() => served.got() === '<x>')
  })
})
