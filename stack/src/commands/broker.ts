import { OpsError } from '@waytrace/standard'
import type { Command } from 'commander'
import { brokerHealth, brokerPart } from '../parts/broker.ts'
import { postNotice } from '../parts/notice.ts'
import { runPart } from '../parts/run-part.ts'
import { printText } from '../print.ts'
import { numberOf, settings, withSettings } from '../settings.ts'

export function brokerCommand(program: Command) {
  withSettings(
    program
      .command('broker')
      .description('The MQTT broker as a process of its own: takes what enrolled agents send into the raw journal.')
      .option('--mqtt-port <port>', 'port for MQTT over TCP (default: 1883)'),
  )
    .addHelpText(
      'after',
      `
A message is acknowledged when it is on disk; waytrace ingest on the same data folder makes events of it.
With an external broker (MQTT_URL) this process is not needed.

Example: waytrace broker --data ./data --mqtt-port 1883`,
    )
    .action((options: { config?: string; data?: string; mqttPort?: string }) => {
      const config = settings(options, { mqtt: { port: numberOf(options.mqttPort) } })
      if (config.externalBroker !== undefined)
        throw new OpsError(
          'CONFIG_INVALID',
          'an external broker is configured (MQTT_URL): it takes the place of this one',
        )
      return runPart('broker', config, async ({ scope, folder, clock, log }) => {
        const broker = await scope.own('broker', brokerPart(config, folder, { clock, log }))
        await scope.own(
          'notice',
          postNotice(config.data, 'broker', clock, () => brokerHealth(broker, folder.rawJournal)),
        )
        const { host, port, tlsPort } = broker.address
        printText(`Broker is ready: ${port === undefined ? `mqtts://${host}:${tlsPort}` : `mqtt://${host}:${port}`}`)
      })
    })
}
