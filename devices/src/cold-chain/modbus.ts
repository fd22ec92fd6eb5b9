import { OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { defineDriver, malformed, type Observation, type Reading } from '../driver.ts'
import { findReading } from './fixed/layout.ts'
import { encodeBlock, type ModbusBlock, parseModbus } from './modbus/block-frame.ts'
import { channelOf, type RegisterEntry, readsBits, registerMap, width } from './modbus/map.ts'
import { failedEntry, readEntry, writeEntry } from './modbus/register-value.ts'

const options = z.strictObject({
  map: registerMap.describe('The registers: kind, address, function, type, wordOrder, scale, offset, sentinels.'),
  unit: z.coerce.number().int().min(0).max(255).optional().describe('Answers of other units are refused.'),
  start: z.coerce
    .number()
    .int()
    .min(0)
    .max(0xffff)
    .optional()
    .describe('First address of a plain RTU or TCP response, which does not say it; default: the lowest of the map.'),
})

type Options = z.infer<typeof options>

/**
 * A Modbus device by its register map. Frames: blocks of the `modbus` link (`encodeBlock`), plain RTU responses with
 * CRC, Modbus TCP responses. Source: MODBUS Application Protocol V1.1b3; Modbus Serial Line V1.02, 6.2.2 (CRC).
 */
export default defineDriver<Options>({
  model: 'modbus',
  version: '1.0.0',
  summary: 'Modbus RTU and TCP devices by a register map: MODBUS Application Protocol V1.1b3.',
  integrity: 'none',
  options,
  decode(frame, { receivedAt }, given) {
    const block = parseModbus(frame)
    if (given.unit !== undefined && given.unit !== block.unit) throw malformed(`Modbus: answer of unit ${block.unit}`)
    const readings = readBlock(block, given, receivedAt)
    if (readings.length === 0) throw malformed('Modbus: no register of the map is in this answer')
    return readings
  },
  /** A block that spans all entries of the first observation's function. */
  encode(observations, { map, unit = 1 }) {
    const fn = map.find((entry) => readingOf(entry, observations) !== undefined)?.function
    if (fn === undefined) throw new OpsError('INPUT_INVALID', 'no observation is in the map')
    const entries = map.filter((entry) => entry.function === fn)
    const start = Math.min(...entries.map((entry) => entry.address))
    const count = Math.max(...entries.map((entry) => entry.address + width(entry))) - start
    const data = new Uint8Array(readsBits(fn) ? Math.ceil(count / 8) : count * 2)
    for (const entry of entries) writeEntry(entry, readingOf(entry, observations), data, entry.address - start)
    return encodeBlock({ unit, function: fn, start, count, data })
  },
})

/** The entries that lie wholly in the block, in the order of the map. An exception fails every one it was asked for. */
function readBlock(block: ModbusBlock, { map, start }: Options, at: number): Reading[] {
  const entries = map.filter((entry) => entry.function === block.function)
  const first = block.start ?? start ?? Math.min(...entries.map((entry) => entry.address))
  const held = readsBits(block.function) ? block.data.length * 8 : block.data.length >> 1
  const count = block.count ?? (block.exception === undefined ? held : Number.POSITIVE_INFINITY)
  return entries
    .filter((entry) => entry.address >= first && entry.address + width(entry) <= first + count)
    .map((entry) =>
      block.exception === undefined
        ? readEntry(entry, block.data, entry.address - first, at)
        : failedEntry(entry, 'not-available', block.exception, at),
    )
}

function readingOf(entry: RegisterEntry, observations: readonly Observation[]): Reading | undefined {
  return findReading(observations, entry.kind, channelOf(entry))
}
