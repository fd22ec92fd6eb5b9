import type { ReadBlock, UnwrapName } from '@waytrace/devices'
import type { FramingConfig, LinkConfig } from '../link-config.ts'
import type { LocalState } from '../local-state.ts'
import type { AgentClock, AgentLog, Link, LinkEvents } from '../ports.ts'
import { fileLink } from './file.ts'
import { httpLink } from './http.ts'
import { modbusLink } from './modbus.ts'
import { mqttBridgeLink } from './mqtt-bridge.ts'
import { serialLink } from './serial.ts'
import { slcanLink } from './slcan.ts'
import { tcpLink } from './tcp.ts'
import { tcpServerLink } from './tcp-server.ts'

/** One Modbus unit to poll. */
export interface PollUnit {
  unit: number
  intervalMs: number
  timeoutMs: number
  blocks: readonly ReadBlock[]
}

/** What every link may use. */
export interface LinkPorts {
  clock: AgentClock
  log: AgentLog
  events: LinkEvents
  framing: FramingConfig | undefined
  maxFrameBytes: number
  unwrap: UnwrapName | undefined
  state: Pick<LocalState, 'offsets' | 'durably'>
  /** Modbus only. */
  units: readonly PollUnit[]
  /** Name of the agent, for client ids. */
  agent: string
}

/** The link of a configuration. Nothing is opened before `start`. */
export function openLink(config: LinkConfig, ports: LinkPorts): Link {
  switch (config.type) {
    case 'serial':
      return serialLink(config, ports)
    case 'tcp':
      return tcpLink(config, ports)
    case 'tcp-server':
      return tcpServerLink(config, ports)
    case 'modbus':
      return modbusLink(config, ports)
    case 'mqtt-bridge':
      return mqttBridgeLink(config, ports)
    case 'http':
      return httpLink(config, ports)
    case 'slcan':
      return slcanLink(config, ports)
    case 'file':
      return fileLink(config, ports)
  }
}
