import type { PartHealth } from '@waytrace/dashboards'
import { createDownlink, createIngest, type DeviceConfig, mqttSource } from '@waytrace/ingest'
import type { Clock, Log } from '@waytrace/standard/process'
import { findDevice } from '@waytrace/store'
import type { WaytraceConfig } from '../config.ts'
import { type DataFolder, folders } from '../data-folder.ts'
import type { SharedClock } from './clock.ts'
import { partThread } from './part-thread.ts'

export interface IngestPartPorts {
  clock: Clock
  /** How the writers' thread comes to the same clock. */
  shared?: SharedClock | undefined
  log: Log
  /** The embedded or the external broker: where marks and commands go down, and what an external one is read from. */
  brokerUrl: string
  fail: (error: unknown) => void
}

/** Ingest on a data folder, its store writers in a thread beside it: in a thread of `up`, or a process of its own. */
export function ingestPart(config: WaytraceConfig, folder: DataFolder, ports: IngestPartPorts) {
  const { knowledge, rawJournal, acceptedLog } = folder
  const { clock, shared, log: logger, fail } = ports
  const broker = brokerAccess(config, folder, ports.brokerUrl)
  const downlink = createDownlink(
    { ...broker, clientId: `waytrace-${config.deployment}` },
    { clock, logger, configs: (after) => deviceConfigs(knowledge, after) },
  )
  const source =
    config.externalBroker === undefined
      ? undefined
      : mqttSource(
          { ...broker, clientId: `waytrace-${config.deployment}-ingest` },
          { journal: rawJournal, clock, logger },
        )
  const ingest = createIngest(
    { statePath: folders(config.data).dedupe, deployment: config.deployment },
    {
      journal: rawJournal,
      log: acceptedLog,
      knowledge,
      stores: {},
      clock,
      logger,
      downlink,
      onFatal: fail,
    },
  )
  const writers = partThread('store', './writers-worker', { config, clock: shared }, fail)
  const trimmer = logTrimmer(acceptedLog, config.journal.keepEvents, clock, logger)

  return {
    async start() {
      downlink.start()
      // Together: each loads its modules.
      await Promise.all([ingest.start(), writers.start()])
      source?.start()
      trimmer.start()
    },
    /** Along the data: nothing new comes in, what is in hand is finished, the marks go out. */
    async stop() {
      trimmer.stop()
      await source?.stop()
      await ingest.stop()
      await writers.stop()
      await downlink.stop()
    },
    health(): PartHealth {
      const { state, reasons, logBehind: _, ...figures } = ingest.stats()
      const stored = writers.health()
      const troubles = [downlink.stats().trouble, source?.stats().trouble].filter((trouble) => trouble !== undefined)
      const well = troubles.length === 0 && stored.state === 'ok'
      return {
        name: 'ingest',
        state: well ? state : 'degraded',
        reasons: [...reasons, ...stored.reasons, ...troubles],
        figures: { ...figures, ...stored.figures },
      }
    },
  }
}

/** What was set of devices, as it goes down to them. */
function deviceConfigs({ control, identities }: DataFolder['knowledge'], after: number): DeviceConfig[] {
  return control.changedSettings(after).flatMap(({ device: urn, version, settings, position }) => {
    const found = findDevice(identities, urn)
    if (found === undefined) return []
    const { site, agent, kind, device } = found
    return [{ site, agent, kind, device, config: { version, ...settings }, position }]
  })
}

function brokerAccess({ externalBroker, mqtt }: WaytraceConfig, { secrets }: DataFolder, url: string) {
  if (externalBroker !== undefined) return { ...externalBroker, url }
  const ours = { url, username: '$centre', password: secrets.centrePassword }
  return mqtt.tls === undefined ? ours : { ...ours, pinnedFile: mqtt.tls.certFile }
}

const TRIM_MS = 30_000

/** Lets the log forget what every required consumer has read, beyond the newest events that are kept anyway. */
function logTrimmer(acceptedLog: DataFolder['acceptedLog'], keep: number, clock: Clock, log: Log) {
  let timer: { cancel(): void } | undefined
  return {
    start() {
      timer = clock.every(TRIM_MS, () => {
        const keepFrom = Math.max(1, acceptedLog.stats().last - keep + 1)
        acceptedLog.trim(keepFrom).catch((err: unknown) => log.warn({ err }, 'the log was not trimmed'))
      })
    },
    stop: () => timer?.cancel(),
  }
}
