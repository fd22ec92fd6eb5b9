import { hasCheckDigit } from '@waytrace/standard'
import { z } from 'zod'
import { defineDriver, malformed, type Scan } from '../driver.ts'
import { carrierNamed, symbologyOf } from './gs1/aim.ts'
import { looksLikeLink, parseDigitalLink } from './gs1/digital-link-uri.ts'
import { GS, type Parsed, parseElementString } from './gs1/element-string.ts'
import {
  encodeScan,
  flag,
  gs1Scan,
  plainScan,
  readSymbol,
  refuse,
  type ScanParts,
  symbolOptions,
} from './gs1/symbol.ts'

const options = z.strictObject({
  ...symbolOptions,
  /** Refuse symbols that are not GS1 instead of reading them as plain codes. */
  gs1Only: flag.default(false),
})

type Options = z.infer<typeof options>

/**
 * One symbol as a scanner sends it: AIM identifier (ISO/IEC 15424) and data, without the frame end of the link. GS1
 * element strings, EAN-13/8 and Digital Links are read as GS1 keys, every other code as such. Without an AIM identifier
 * data is GS1 if it reads as such and names a key, order, operator or place: a code like `91-7` stays a plain code.
 */
export default defineDriver<Options>({
  model: 'gs1',
  version: '1.0.0',
  summary:
    'Barcode scanner, one symbol per frame with or without AIM identifier: GS1 element strings, EAN/UPC, Digital Link, plain codes (GS1 General Specifications).',
  // Keys have check digits, but an order or lot number has none.
  integrity: 'none',
  options,
  decode(frame, { receivedAt: at }, chosen) {
    const { aim, data } = readSymbol(frame, chosen)
    const parts = { at, data, symbology: chosen.symbology, ...(aim !== undefined && { aim }) }
    return [read(parts, chosen)]
  },
  encode: encodeScan,
})

function read(parts: ScanParts, chosen: Options): Scan {
  const { aim, data } = parts
  const rules = { requires: chosen.requires === 'symbol' }
  const carrier = aim === undefined ? (carrierNamed(chosen.symbology) ?? 'unknown') : symbologyOf(aim).carrier
  if (carrier === 'element-string') return gs1(parts, parseElementString(data, rules))
  if (carrier === 'ean-13') return gtin(parts, 13)
  if (carrier === 'ean-8') return gtin(parts, 8)
  if (carrier !== 'plain') {
    const link = looksLikeLink(data)
    // A scanner without AIM identifiers may send the leading FNC1 of a GS1 symbol as a separator.
    const body = data.startsWith(GS) ? data.slice(1) : data
    if (link || carrier === 'unknown') {
      const parsed = link ? parseDigitalLink(data, rules) : parseElementString(body, { requires: true })
      const scan = guess(parts, parsed)
      if (scan !== undefined) return scan
    }
  }
  if (chosen.gs1Only) throw malformed('not a GS1 symbol')
  return plainScan(parts)
}

function gs1(parts: ScanParts, parsed: Parsed): Scan {
  if (parsed.fault !== undefined) throw refuse(parsed.fault)
  return gs1Scan(parts, parsed.elements)
}

/** Data that nobody promised to be GS1: a wrong check digit alone is a misread, everything else another kind of code. */
function guess(parts: ScanParts, parsed: Parsed): Scan | undefined {
  if (parsed.fault !== undefined) {
    if (parsed.fault.kind === 'check-digit') throw refuse(parsed.fault)
    return undefined
  }
  const scan = gs1Scan(parts, parsed.elements)
  const { epcs, order, operator, location } = scan.keys
  return epcs.length > 0 || (order ?? operator ?? location) !== undefined ? scan : undefined
}

function gtin(parts: ScanParts, length: 8 | 13): Scan {
  if (!new RegExp(`^\\d{${length}}$`).test(parts.data))
    throw malformed(`want ${length} digits, got ${parts.data.length} characters`)
  if (!hasCheckDigit(parts.data)) throw refuse({ kind: 'check-digit', ai: '01', why: 'wrong check digit' })
  return gs1Scan(parts, [['01', parts.data.padStart(14, '0')]])
}
