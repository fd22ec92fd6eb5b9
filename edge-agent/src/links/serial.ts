import { SerialPort } from 'serialport'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import type { LinkPorts } from './open-link.ts'
import { reopeningLink } from './reopening.ts'
import { readFrames } from './stream.ts'

/** Reads frames from a serial line. A pulled cable closes the port, which is opened again when it is back. */
export function serialLink(config: LinkOf<'serial'>, ports: LinkPorts): Link {
  const { type: _, ...settings } = config
  return reopeningLink({ ...ports, open: () => openSerial(settings), use: (port) => readFrames(port, ports) })
}

export function openSerial(settings: Omit<LinkOf<'serial'>, 'type'>): Promise<SerialPort> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ ...settings, autoOpen: false })
    // A cable pulled before anybody uses the port must not end the agent: whoever writes is told, and it closes.
    port.on('error', () => {})
    port.open((error) => (error ? reject(error) : resolve(port)))
  })
}
