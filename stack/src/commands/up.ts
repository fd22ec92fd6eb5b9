import { join } from 'node:path'
import { OpsError } from '@waytrace/standard'
import { type ProcessScope, runProcess, scaledClock, systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import type { WaytraceConfig } from '../config.ts'
import { makeDataFolder, openDataFolder } from '../data-folder.ts'
import { createDemo } from '../demo/demo.ts'
import { type Past, recallPast } from '../demo/past.ts'
import { brokerHealth, brokerPart, brokerUrlOf } from '../parts/broker.ts'
import { clockOf, type SharedClock } from '../parts/clock.ts'
import type { IngestThreadData } from '../parts/ingest-worker.ts'
import { stderrLog } from '../parts/log.ts'
import { onlyOne } from '../parts/only-one.ts'
import { partThread } from '../parts/part-thread.ts'
import { shellPart } from '../parts/shell.ts'
import { printText } from '../print.ts'
import { numberOf, settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
  httpPort?: string
  mqttPort?: string
  seed: string
  speed: string
  demo: boolean
}

/** Virtual ms per real ms while the demo's history is played: six hours in 45 s. */
const HISTORY_SPEED = 480

export function upCommand(program: Command) {
  withSettings(
    program
      .command('up')
      .description(
        'Everything on one machine: broker, ingest, store, control room and, unless told not to, the demo site.',
      )
      .option('--http-port <port>', 'port of the control room and the API')
      .option('--mqtt-port <port>', 'port of the MQTT broker')
      .option('--seed <n>', 'which demo: equal seeds give equal demos', '1')
      .option('--speed <x>', 'speed of the demo once its history has met the present', '1')
      .option('--no-demo', 'start empty, with a page that says how to connect the first device'),
  ).action((options: Options) => {
    const { demo } = options
    const speed = numberFor('--speed', options.speed, 'a number above 0', (x) => x > 0 && Number.isFinite(x))
    const seed = numberFor('--seed', options.seed, 'a whole number', Number.isSafeInteger)
    const config = settings(options, {
      http: { port: numberOf(options.httpPort), ...(demo ? { demo: true } : {}) },
      mqtt: { port: numberOf(options.mqttPort) },
    })
    const log = stderrLog('waytrace', config.logLevel)
    return runProcess((scope) => up(scope, config, demo ? { seed, speed } : undefined, log), {
      log,
      graceMs: config.stopSeconds * 1000,
    })
  })
}

/** A number option that no schema checks. Throws `OpsError('INPUT_INVALID')`. */
function numberFor(option: string, text: string, wanted: string, fits: (value: number) => boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!fits(value)) throw new OpsError('INPUT_INVALID', `${option} wants ${wanted}, got "${text}"`)
  return value
}

async function up(
  scope: ProcessScope,
  config: WaytraceConfig,
  wanted: { seed: number; speed: number } | undefined,
  log: ReturnType<typeof stderrLog>,
) {
  const real = systemClock()
  makeDataFolder(config.data)
  const past = wanted && recallPast(join(config.data, 'demo.json'), wanted.seed, real.now())
  const shared = past && demoClock(past, wanted.speed, real.now())
  const clock = clockOf(shared)
  const folder = await openDataFolder(config, clock)
  scope.onStop('data folder', () => folder.close())

  const broker =
    config.externalBroker === undefined
      ? brokerPart(config, folder, { clock, log: log.child({ part: 'broker' }) })
      : undefined
  if (broker !== undefined) await scope.own('broker', broker)
  const brokerUrl = brokerUrlOf(config, broker?.address)
  await scope.own('claim of the data folder', onlyOne(config.data, 'ingest'))
  const forIngest: IngestThreadData = { config, clock: shared, brokerUrl }
  const ingest = await scope.own('ingest', partThread('ingest', './ingest-worker', forIngest, scope.fail))
  const health = () => [...(broker === undefined ? [] : [brokerHealth(broker, folder.rawJournal)]), ingest.health()]
  const { shell, users, firstPassword } = await shellPart(config, folder, { clock, log, health })
  scope.onStop('users', () => users.close())
  await scope.own('control room', shell)

  if (firstPassword !== undefined)
    printText(`First start: sign in as admin with the password ${firstPassword} (it is not shown again).`)
  printText(`Waytrace is ready: ${shell.address}   MQTT: ${brokerUrl}`)
  if (shared !== undefined && past !== undefined) {
    for (const { id, name } of users.tokens()) if (name === 'demo-shop') await users.revokeToken(id)
    const { token } = await users.createToken('demo-shop', 'operator')
    const demo = createDemo({
      data: config.data,
      past,
      clock: scaledClock(shared),
      log: log.child({ part: 'demo' }),
      identities: folder.knowledge.identities,
      brokerUrl,
      http: { url: shell.address, token },
    })
    await scope.own('demo', demo)
  }
}

function demoClock({ playedTo }: Past, speedAfter: number, origin: number): SharedClock {
  return { start: playedTo, speed: HISTORY_SPEED, speedAfter, origin }
}
