import { join } from 'node:path'
import { type ProcessScope, runProcess, scaledClock, systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import type { WaytraceConfig } from '../config.ts'
import { openDataFolder } from '../data-folder.ts'
import { createDemo } from '../demo/demo.ts'
import { type Past, recallPast } from '../demo/past.ts'
import { brokerHealth, brokerPart, brokerUrlOf } from '../parts/broker.ts'
import { clockOf, type SharedClock } from '../parts/clock.ts'
import type { IngestThreadData } from '../parts/ingest-worker.ts'
import { stderrLog } from '../parts/log.ts'
import { onlyOne } from '../parts/only-one.ts'
import { partThread } from '../parts/part-thread.ts'
import { GRACE_MS } from '../parts/run-part.ts'
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
    const config = settings(options, {
      http: { port: numberOf(options.httpPort), ...(demo ? { demo: true } : {}) },
      mqtt: { port: numberOf(options.mqttPort) },
    })
    const log = stderrLog('waytrace', config.logLevel)
    return runProcess((scope) => up(scope, config, options, log), { log, graceMs: GRACE_MS })
  })
}

async function up(scope: ProcessScope, config: WaytraceConfig, options: Options, log: ReturnType<typeof stderrLog>) {
  const real = systemClock()
  const past = options.demo ? recallPast(join(config.data, 'demo.json'), Number(options.seed), real.now()) : undefined
  const shared = past === undefined ? undefined : demoClock(past, Number(options.speed), real.now())
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
