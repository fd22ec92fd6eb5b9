import { z } from 'zod'
import { defineDriver } from '../driver.ts'
import { parseDigitalLink } from './gs1/digital-link-uri.ts'
import { encodeScan, gs1Scan, readSymbol, refuse, symbolOptions } from './gs1/symbol.ts'

const options = z.strictObject(symbolOptions)

/** A GS1 Digital Link URI (GS1 DL URI Syntax 1.6), with or without AIM identifier; anything else is refused. */
export default defineDriver<z.infer<typeof options>>({
  model: 'digital-link',
  version: '1.0.0',
  summary:
    'Barcode or NFC reader that sends web addresses: GS1 Digital Link URIs of any host, not compressed (GS1 Digital Link URI Syntax).',
  integrity: 'none',
  options,
  decode(frame, { receivedAt: at }, chosen) {
    const { aim, data } = readSymbol(frame, chosen)
    const parsed = parseDigitalLink(data, { requires: chosen.requires === 'symbol' })
    if (parsed.fault !== undefined) throw refuse(parsed.fault)
    return [gs1Scan({ at, data, symbology: chosen.symbology, ...(aim !== undefined && { aim }) }, parsed.elements)]
  },
  encode: encodeScan,
})
