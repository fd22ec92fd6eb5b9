import { defineDriver, malformed } from '../driver.ts'
import { reeferObservations } from './reefer/decode.ts'
import { reeferDocument } from './reefer/encode.ts'
import { reeferOptions } from './reefer/options.ts'

/** A unit of several compartments with all its alarms takes a few kilobytes. */
const MAX_DOCUMENT_BYTES = 65_536

/**
 * Refrigeration units as vendors' clouds post them, one JSON document a frame: set point, return and supply air, mode,
 * power, door, engine hours, battery, fuel, alarms, and the same for each compartment. Vendors name and nest things
 * differently, so JSON Pointers say where each value stands; the defaults are our own names. Return and supply air
 * are operational data of the machine: they explain a cause, and are never the record of the goods' temperature.
 */
export default defineDriver({
  model: 'reefer',
  version: '1.0.0',
  summary:
    'Refrigeration units over HTTP or MQTT: generic JSON with set point, air temperatures, mode and graded alarms.',
  integrity: 'none',
  options: reeferOptions,
  decode(frame, { receivedAt }, options) {
    if (frame.length > MAX_DOCUMENT_BYTES) throw malformed(`${frame.length} bytes are more than a unit has to say`)
    return reeferObservations(parse(frame), receivedAt, options)
  },
  encode: (observations, options) => new TextEncoder().encode(JSON.stringify(reeferDocument(observations, options))),
})

function parse(frame: Uint8Array): object {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame))
  } catch {
    throw malformed('not JSON in UTF-8')
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw malformed('not a JSON object')
  return document
}
