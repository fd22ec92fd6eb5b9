import { type Driver, defineDriver } from '../../driver.ts'
import { recordsOf } from './from-observations.ts'
import { recordObservations } from './observations.ts'
import { type TeltonikaOptions, teltonikaOptions } from './options.ts'
import { type CodecLayout, decodeRecords, encodeRecords } from './records.ts'

/** The driver of one Teltonika codec: a frame is one whole TCP packet, preamble to CRC. */
export function teltonikaDriver(model: string, layout: CodecLayout, summary: string): Driver<TeltonikaOptions> {
  return defineDriver({
    model,
    version: '1.0.0',
    summary,
    integrity: 'checksum',
    options: teltonikaOptions,
    decode: (frame, _context, options) =>
      decodeRecords(frame, layout).flatMap((record) => recordObservations(record, options)),
    encode: (observations, options) => encodeRecords(recordsOf(observations, options), layout),
  })
}
