import { OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { malformed, type Observation, type Scan } from '../../driver.ts'
import { splitAim, symbologyOf } from './aim.ts'
import { type Elements, elementString } from './element-string.ts'
import { meaning } from './meaning.ts'
import type { Gs1Fault } from './value.ts'

/** A switch that the command line gives as text. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])

/** Options that every scanner driver takes. */
export const symbolOptions = {
  /** Whether the scanner sends an AIM identifier before the data. */
  aim: z.enum(['required', 'optional', 'absent']).default('optional'),
  /** Name of the symbology where no AIM identifier says it, e.g. `GS1-128`. */
  symbology: z.string().min(1).optional(),
  /** `symbol`: every AI finds the AIs it needs in the same symbol. `item`: they may stand in another symbol of the item. */
  requires: z.enum(['symbol', 'item']).default('symbol'),
}

export interface SymbolOptions {
  aim: 'required' | 'optional' | 'absent'
  symbology?: string | undefined
  requires: 'symbol' | 'item'
}

export interface SymbolData {
  aim?: string
  data: string
}

/** The frame as text, its AIM identifier split off. Data without one is told by the absence of `aim`. */
export function readSymbol(frame: Uint8Array, { aim: policy }: SymbolOptions): SymbolData {
  const text = decodeText(frame)
  const control = CONTROL.exec(text)
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).padStart(2, '0')
    throw malformed(`control character 0x${code} in the data: check the framing of the link`)
  }
  const symbol = policy === 'absent' ? { data: text } : splitAim(text)
  if (policy === 'required' && symbol.aim === undefined) throw malformed('no AIM identifier before the data')
  if (symbol.data === '') throw malformed('an empty symbol')
  return symbol
}

// 0x1D, 0x1E and 0x04 are data of ISO/IEC 15434 envelopes; 0x1C and 0x1F belong to the same family of separators.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x03\x05-\x1b\x7f]/

/** UTF-8, or Latin-1 where it is none: scanners of both kinds exist, and GS1 data is the same in both. */
function decodeText(frame: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(frame)
  } catch {
    return Array.from(frame, (byte) => String.fromCharCode(byte)).join('')
  }
}

export interface ScanParts extends SymbolData {
  at: number
  symbology?: string | undefined
}

/** The observation of a symbol that carries GS1 elements. */
export function gs1Scan({ at, aim, data, symbology }: ScanParts, elements: Elements): Scan {
  return {
    kind: 'scan',
    at,
    symbology: symbologyName(aim, symbology),
    ...(aim !== undefined && { aim }),
    raw: data,
    elements: Object.fromEntries(elements),
    keys: meaning(elements, at),
  }
}

/** The observation of a symbol whose data is not GS1's. */
export function plainScan({ at, aim, data, symbology }: ScanParts): Scan {
  return {
    kind: 'scan',
    at,
    symbology: symbologyName(aim, symbology),
    ...(aim !== undefined && { aim }),
    raw: data,
    keys: { epcs: [], plain: data },
  }
}

function symbologyName(aim: string | undefined, assumed: string | undefined): string {
  return aim === undefined ? (assumed ?? 'unknown') : symbologyOf(aim).name
}

/** The scan a scanner would report of a label with these elements: for virtual scanners. */
export function scanOfElements(elements: Elements, { at, aim = ']C1' }: { at: number; aim?: string }): Scan {
  return gs1Scan({ at, aim, data: elementString(elements) }, elements)
}

/** The bytes a scanner sends for one scan: AIM identifier and data; the link adds its own frame end. */
export function encodeScan(observations: readonly Observation[]): Uint8Array {
  const [scan, ...others] = observations
  if (scan?.kind !== 'scan' || others.length > 0) throw new OpsError('INPUT_INVALID', 'one frame carries one scan')
  return new TextEncoder().encode(`${scan.aim ?? ''}${scan.raw}`)
}

export function refuse({ ai, why }: Gs1Fault): OpsError {
  const message = ai === undefined ? why : `AI ${ai}: ${why}`
  return new OpsError('FRAME_MALFORMED', message, { issues: [{ path: ai ?? '', message: why }] })
}
