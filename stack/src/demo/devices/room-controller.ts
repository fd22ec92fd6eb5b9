import { createServer } from 'node:net'
import { ServerTCP } from 'modbus-serial'
import { listenOn } from './listen.ts'

/** A cold room's controller: a Modbus TCP server with air temperature (register 0, 0.01 degC) and door (input 0). */
export interface RoomController {
  start(): Promise<number>
  set(temperatureC: number, doorOpen: boolean): void
  stop(): Promise<void>
}

export function roomController(): RoomController {
  // The sentinel of its register map: not measured yet.
  let air = -32_768
  let door = false
  let server: ServerTCP | undefined
  return {
    async start() {
      const port = await freePort()
      const vector = {
        getHoldingRegister: () => air,
        getDiscreteInput: () => door,
      }
      server = new ServerTCP(vector, { host: '127.0.0.1', port, unitID: 1 })
      // Clients that go away are everyday life to a controller.
      server.on('socketError', () => undefined)
      return port
    },
    set(temperatureC, doorOpen) {
      air = Math.round(temperatureC * 100)
      door = doorOpen
    },
    stop: () => new Promise((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))),
  }
}

/** modbus-serial does not tell the port it took, so one is found first. */
async function freePort(): Promise<number> {
  const probe = createServer()
  const port = await listenOn(probe)
  await new Promise((resolve) => probe.close(resolve))
  return port
}
