import { formatTopic } from '@waytrace/standard'
import type { Clock, Timer } from '@waytrace/standard/process'
import type { z } from 'zod'
import { mqttLinkConfig, tlsOf } from './mqtt/config.ts'
import { mqttLink } from './mqtt/link.ts'
import type { Command, Downlink, Log, Mark } from './ports.ts'

/** Configuration of one device, retained for it at the broker. */
export interface DeviceConfig {
  site: string
  agent: string
  kind: string
  device: string
  config: Record<string, unknown>
  /** Grows with every change of any device. */
  position: number
}

export interface DownlinkPorts {
  clock: Clock
  logger: Log
  /**
   * Configurations changed after a position, oldest first. All (`after` 0) are published at each connect, because a
   * broker may have forgotten them; what is new, within a second.
   */
  configs?: (after: number) => Iterable<DeviceConfig>
}

export interface RunningDownlink extends Downlink {
  start(): void
  stop(): Promise<void>
  stats(): { up: boolean; trouble?: string; published: number; waiting: number }
}

/** A mark moves with every batch; an agent hears of it at most this often. */
const TICK_MS = 100
const CONFIG_MS = 1000

interface Outgoing {
  topic: string
  payload: string
  retain: boolean
}

/** The way back down over MQTT, as `$centre` at the embedded broker. What fails is sent again, newest value only. */
export function createDownlink(options: z.input<typeof mqttLinkConfig>, ports: DownlinkPorts): RunningDownlink {
  const config = mqttLinkConfig.parse(options)
  /** Last mark of each agent: a broker that lost its retained messages gets them again. */
  const marks = new Map<string, Mark>()
  /** By topic (commands: by id), newest only. */
  const waiting = new Map<string, Outgoing>()
  const timers: Timer[] = []
  let configuredTo = 0
  let published = 0

  const link = mqttLink(
    { ...config, clientId: `${config.clientId}-down`, clean: true, filters: [], tls: tlsOf(config) },
    {
      clock: ports.clock,
      logger: ports.logger,
      onUp() {
        for (const mark of marks.values()) queueMark(mark)
        configuredTo = 0
        configure()
        flush()
      },
    },
  )

  function queueMark(mark: Mark): void {
    const { site, agent, spool, sequence } = mark
    const topic = formatTopic({ what: 'ack', site, agent })
    waiting.set(topic, { topic, payload: JSON.stringify({ spool, sequence }), retain: true })
  }

  function configure(): void {
    if (!link.up) return
    for (const { config: body, position, ...address } of ports.configs?.(configuredTo) ?? []) {
      const topic = formatTopic({ what: 'config', ...address })
      waiting.set(topic, { topic, payload: JSON.stringify(body), retain: true })
      configuredTo = position
    }
  }

  function flush(): void {
    if (!link.up) return
    for (const [key, outgoing] of [...waiting]) {
      waiting.delete(key)
      link.publish(outgoing.topic, outgoing.payload, { retain: outgoing.retain }).then(
        () => {
          published++
        },
        () => {
          // A newer value may have come meanwhile.
          if (!waiting.has(key)) waiting.set(key, outgoing)
        },
      )
    }
  }

  return {
    start() {
      link.start()
      timers.push(ports.clock.every(TICK_MS, flush), ports.clock.every(CONFIG_MS, configure))
    },
    async stop() {
      for (const timer of timers.splice(0)) timer.cancel()
      flush()
      await link.stop()
    },
    mark(mark) {
      marks.set(`${mark.site}/${mark.agent}`, mark)
      queueMark(mark)
    },
    born(site, agent) {
      const mark = marks.get(`${site}/${agent}`)
      if (mark !== undefined) queueMark(mark)
    },
    send(command) {
      waiting.set(command.commandId, { topic: commandTopic(command), payload: commandPayload(command), retain: false })
    },
    stats: () => ({
      up: link.up,
      ...(link.trouble === undefined ? {} : { trouble: link.trouble }),
      published,
      waiting: waiting.size,
    }),
  }
}

function commandTopic({ site, agent, kind, device, verb }: Command): string {
  return formatTopic({ what: 'command', site, agent, kind, device, verb })
}

/** MQTT 3.1.1 has no response topic or expiry, so the payload carries them. */
function commandPayload(command: Command): string {
  const { commandId, site, agent, kind, device, verb, expiresAt, payload } = command
  const replyTo = formatTopic({ what: 'answer', site, agent, kind, device, verb })
  return JSON.stringify({ ...payload, commandId, replyTo, expiresAt })
}
