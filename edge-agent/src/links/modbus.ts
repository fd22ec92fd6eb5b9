import { encodeBlock, type ReadBlock } from '@waytrace/devices'
import { backoff } from '@waytrace/standard/process'
import modbusSerial from 'modbus-serial'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import type { LinkPorts, PollUnit } from './open-link.ts'
import { unlessAborted } from './unless-aborted.ts'

// A CommonJS module whose default export is its own property.
const ModbusRTU = modbusSerial.default
type Client = InstanceType<typeof ModbusRTU>

/**
 * Polls Modbus units over one TCP connection or one serial line. Each block read is one frame; an exception of the
 * device is a frame too, because a register that cannot be read is a gap in the record.
 */
export function modbusLink(config: LinkOf<'modbus'>, { clock, events, units }: LinkPorts): Link {
  const wait = backoff({ firstMs: 200, maxMs: 15_000 })
  const abort = new AbortController()
  let running: Promise<void> | undefined
  let silent = new Set<number>()

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      const client = new ModbusRTU()
      let reason = 'closed by the unit'
      try {
        const dialled = dial(client, config)
        await unlessAborted(abort.signal, dialled)
        if (abort.signal.aborted) {
          dialled.then(() => hangUp(client)).catch(() => {})
          break
        }
        client.on('error', () => {})
        events.state('up', {})
        wait.reset()
        silent = new Set()
        await pollAll(client)
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
      }
      await hangUp(client)
      if (abort.signal.aborted) break
      events.state('down', { reason })
      await clock.sleep(Math.max(50, wait.next()), abort.signal)
    }
  }

  /** Until the connection breaks. One request at a time: serial units do not take more, nor do many over TCP. */
  async function pollAll(client: Client): Promise<void> {
    const due = units.map((unit) => ({ unit, inMs: 0 }))
    while (!abort.signal.aborted) {
      const next = due.reduce((a, b) => (b.inMs < a.inMs ? b : a))
      await clock.sleep(next.inMs, abort.signal)
      for (const other of due) if (other !== next) other.inMs = Math.max(0, other.inMs - next.inMs)
      next.inMs = next.unit.intervalMs
      if (abort.signal.aborted) return
      if (!client.isOpen) throw new Error('the connection has closed')
      await poll(client, next.unit)
    }
  }

  async function poll(client: Client, { unit, blocks, timeoutMs }: PollUnit): Promise<void> {
    client.setID(unit)
    client.setTimeout(timeoutMs)
    for (const block of blocks) {
      const answer = await unlessAborted(
        abort.signal,
        read(client, block).catch((error: ModbusFailure) => error),
      )
      if (answer === undefined) return
      if (answer instanceof Error && answer.modbusCode === undefined) {
        // A connection where every unit is silent is taken for dead; a single silent unit on a bus is not.
        silent.add(unit)
        events.state('down', { reason: answer.message, address: String(unit) })
        if (silent.size >= units.length) throw answer
        return
      }
      if (silent.delete(unit)) events.state('up', { address: String(unit) })
      const data = answer instanceof Error ? new Uint8Array() : answer
      const exception = answer instanceof Error ? answer.modbusCode : undefined
      const bytes = encodeBlock({ unit, ...block, data, ...(exception !== undefined && { exception }) })
      await events.frame({ bytes, receivedAt: clock.now(), address: String(unit) })
    }
  }

  return {
    async start() {
      running ??= run()
    },
    async stop() {
      // Waits neither for an answer nor for a connection: their time-outs are longer than a stop may take.
      abort.abort()
      await running
    },
  }
}

interface ModbusFailure extends Error {
  /** Exception code of the device; absent when it did not answer. */
  modbusCode?: number
}

async function read(client: Client, { function: fn, start, count }: ReadBlock): Promise<Uint8Array> {
  switch (fn) {
    case 1:
      return (await client.readCoils(start, count)).buffer.subarray(0, Math.ceil(count / 8))
    case 2:
      return (await client.readDiscreteInputs(start, count)).buffer.subarray(0, Math.ceil(count / 8))
    case 3:
      return (await client.readHoldingRegisters(start, count)).buffer
    case 4:
      return (await client.readInputRegisters(start, count)).buffer
  }
}

async function dial(client: Client, { host, port, path, baudRate, parity, timeoutMs }: LinkOf<'modbus'>) {
  client.setTimeout(timeoutMs)
  if (host !== undefined) await client.connectTCP(host, { port, timeout: 10_000 })
  else await client.connectRTUBuffered(path ?? '', { baudRate, parity })
}

function hangUp(client: Client): Promise<void> {
  return new Promise((resolve) => {
    if (!client.isOpen) return resolve()
    client.close(() => resolve())
  })
}
