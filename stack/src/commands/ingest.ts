import type { Command } from 'commander'
import { brokerUrlOf } from '../parts/broker.ts'
import { ingestPart } from '../parts/ingest.ts'
import { postNotice } from '../parts/notice.ts'
import { onlyOne } from '../parts/only-one.ts'
import { runPart } from '../parts/run-part.ts'
import { printText } from '../print.ts'
import { numberOf, settings, withSettings } from '../settings.ts'

export function ingestCommand(program: Command) {
  withSettings(
    program
      .command('ingest')
      .description(
        'Ingest as a process of its own: raw journal -> checked, numbered log -> stores, and marks back down.',
      )
      .option('--mqtt-port <port>', 'port of waytrace broker on this machine, which carries the marks (default: 1883)'),
  )
    .addHelpText(
      'after',
      `
One process at a time on a data folder. It may start before the broker, after it, or without it: the journal waits.
With an external broker (MQTT_URL) it consumes there. With INFLUX_URL it writes to InfluxDB as well.

Example: waytrace ingest --data ./data --mqtt-port 1883`,
    )
    .action((options: { config?: string; data?: string; mqttPort?: string }) => {
      const config = settings(options, { mqtt: { port: numberOf(options.mqttPort) } })
      return runPart('ingest', config, async ({ scope, folder, clock, log }) => {
        await scope.own('claim', onlyOne(config.data, 'ingest'))
        const brokerUrl = brokerUrlOf(config)
        const ingest = await ingestPart(config, folder, { clock, log, brokerUrl, fail: scope.fail })
        await scope.own('ingest', ingest)
        await scope.own(
          'notice',
          postNotice(config.data, 'ingest', clock, () => ingest.health()),
        )
        printText(`Ingest is ready: ${config.data} <- ${brokerUrl}`)
      })
    })
}
