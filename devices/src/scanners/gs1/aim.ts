/** What the data of a symbol is, by its AIM symbology identifier. */
export type Carrier = 'element-string' | 'ean-13' | 'ean-8' | 'maybe-link' | 'plain'

export interface Symbology {
  /** The symbology by name, e.g. `GS1-128`. */
  name: string
  carrier: Carrier
}

/** ISO/IEC 15424, with the identifiers GS1 gives its own meaning to (GS1 GenSpec 5.1.3). */
const GS1_SYMBOLOGIES: Record<string, Symbology> = {
  C1: { name: 'GS1-128', carrier: 'element-string' },
  e0: { name: 'GS1 DataBar', carrier: 'element-string' },
  e1: { name: 'GS1 Composite', carrier: 'element-string' },
  e2: { name: 'GS1 Composite', carrier: 'element-string' },
  d2: { name: 'GS1 DataMatrix', carrier: 'element-string' },
  Q3: { name: 'GS1 QR Code', carrier: 'element-string' },
  J1: { name: 'GS1 DotCode', carrier: 'element-string' },
  E0: { name: 'EAN-13', carrier: 'ean-13' },
  E4: { name: 'EAN-8', carrier: 'ean-8' },
}

const FAMILIES: Record<string, Symbology> = {
  A: { name: 'Code 39', carrier: 'plain' },
  C: { name: 'Code 128', carrier: 'plain' },
  E: { name: 'EAN add-on', carrier: 'plain' },
  F: { name: 'Codabar', carrier: 'plain' },
  G: { name: 'Code 93', carrier: 'plain' },
  I: { name: 'Interleaved 2 of 5', carrier: 'plain' },
  J: { name: 'DotCode', carrier: 'maybe-link' },
  L: { name: 'PDF417', carrier: 'plain' },
  Q: { name: 'QR Code', carrier: 'maybe-link' },
  U: { name: 'MaxiCode', carrier: 'plain' },
  d: { name: 'Data Matrix', carrier: 'maybe-link' },
  e: { name: 'GS1 Composite', carrier: 'plain' },
  z: { name: 'Aztec Code', carrier: 'maybe-link' },
}

/** The symbology of an identifier such as `]C1`; one nobody knows carries plain data. */
export function symbologyOf(aim: string): Symbology {
  return GS1_SYMBOLOGIES[aim.slice(1)] ?? FAMILIES[aim.charAt(1)] ?? { name: `AIM ${aim}`, carrier: 'plain' }
}

/** What the data is when the scanner sends no identifier but the agent's configuration names the symbology. */
export function carrierNamed(name: string | undefined): Carrier | undefined {
  const known = [...Object.values(GS1_SYMBOLOGIES), ...Object.values(FAMILIES)]
  return known.find((symbology) => symbology.name === name)?.carrier
}

/** Splits an AIM identifier off the data; none if the data does not begin with one. */
export function splitAim(text: string): { aim?: string; data: string } {
  if (!/^\][A-Za-z][0-9A-Za-z]/.test(text)) return { data: text }
  return { aim: text.slice(0, 3), data: text.slice(3) }
}
