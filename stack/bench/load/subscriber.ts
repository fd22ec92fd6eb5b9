import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { systemClock } from '@waytrace/standard/process'
import { CONNACK, connectPacket, PUBLISH, packetReader, pubackPacket, SUBACK, subscribePacket } from './wire.ts'

/** Reads everything at QoS 1 and acknowledges it: `subscriber PORT COUNT`. Says `ready`, and `done UTC-MS` after COUNT. */
const [port = '', count = ''] = process.argv.slice(2)
const socket = connect(Number(port), '127.0.0.1')
let received = 0
let acks: Buffer[] = []
const read = packetReader((type, body) => {
  if (type === CONNACK) socket.write(subscribePacket('#'))
  else if (type === SUBACK) process.stdout.write('ready\n')
  else if (type === PUBLISH) {
    acks.push(pubackPacket(body.readUInt16BE(2 + body.readUInt16BE(0))))
    if (++received === Number(count)) process.stdout.write(`done ${systemClock().now()}\n`)
  }
})
socket.setNoDelay(true)
socket.once('connect', () => socket.write(connectPacket({ clientId: 'bench-reader', username: '', password: '' })))
socket.on('data', (chunk) => {
  read(chunk)
  if (acks.length > 0) socket.write(Buffer.concat(acks))
  acks = []
})
for await (const line of createInterface({ input: process.stdin })) if (line === 'end') break
process.exit(0)
