/** The GS1 symbols the demo's people scan: AIM identifier, element string, FNC1 (0x1D) where a value may be shorter. */
const FNC1 = '\u001d'

export const badge = (gsrn: string) => `]C18017${gsrn}`
export const orderSheet = (order: string) => `]C1400${order}`
export const item = (gtin: string, serial: string) => `]d201${gtin}21${serial}`
export const trailer = (giai: string) => `]C18004${giai}`

/** A logistic label: SSCC, temperature range in hundredths of a degree Celsius (AI 4331 / 4333), order number. */
export function logisticLabel(sscc: string, order: string, range: { minC: number; maxC: number }): string {
  return `]C100${sscc}4331${hundredths(range.maxC)}${FNC1}4333${hundredths(range.minC)}${FNC1}400${order}`
}

function hundredths(celsius: number): string {
  return `${String(Math.abs(Math.round(celsius * 100))).padStart(6, '0')}${celsius < 0 ? '-' : ''}`
}
