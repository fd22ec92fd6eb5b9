import { connectAnswer } from './connack.ts'
import { act, type Check, note, ok } from './finding.ts'

const TIMEOUT_MS = 5000

/** Whether the external broker, when one is configured, takes our credentials. */
export const externalBroker: Check = async ({ config: { externalBroker: broker } }) => {
  const what = 'external broker'
  if (broker === undefined) return [note(what, 'none configured: the embedded one is used')]
  const { accepted, reason } = await connectAnswer(broker.url, broker, TIMEOUT_MS)
  if (accepted) return [ok(what, `${broker.url} accepts the connection`)]
  return [act(what, `${broker.url}: ${reason}`, 'check that it runs, the address, MQTT_USERNAME and MQTT_PASSWORD')]
}
