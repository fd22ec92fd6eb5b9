import { isAscii, readPercent, writePercent } from './percent.ts'

const CANONICAL = 'https://id.gs1.org/'

/** What follows a primary key: `level` names the qualifiers that make the identification finer, finest first. */
interface Primary {
  value: RegExp
  level: readonly string[]
  /** Qualifiers that are legal in a Digital Link, but no part of the constrained canonical form. */
  drop?: readonly string[]
}

const TEXT = '[!"%-?A-Z_a-z]'
/** Primary keys and qualifiers of GS1 Digital Link URI Syntax 1.2, 4.11, as constrained by CBV 2.0's event hash, rule 18. */
const PRIMARY: Record<string, Primary> = {
  '00': { value: /^\d{18}$/, level: [] },
  '01': { value: /^(\d{8}|\d{12,14})$/, level: ['21', '235', '10'], drop: ['22'] },
  '253': { value: new RegExp(`^\\d{13}${TEXT}{0,17}$`), level: [] },
  '255': { value: /^\d{13,25}$/, level: [] },
  '401': { value: new RegExp(`^\\d{4}${TEXT}{0,26}$`), level: [] },
  '402': { value: /^\d{17}$/, level: [] },
  '414': { value: /^\d{13}$/, level: ['254'], drop: ['7040'] },
  '417': { value: /^\d{13}$/, level: [], drop: ['7040'] },
  '8003': { value: new RegExp(`^\\d{14}${TEXT}{0,16}$`), level: [] },
  '8004': { value: new RegExp(`^\\d{4}${TEXT}{0,26}$`), level: [] },
  '8006': { value: /^\d{18}$/, level: ['21', '10'], drop: ['22'] },
  '8010': { value: /^\d{4}[#\-/0-9A-Z]{0,26}$/, level: ['8011'] },
  '8017': { value: /^\d{18}$/, level: [], drop: ['8019'] },
  '8018': { value: /^\d{18}$/, level: [], drop: ['8019'] },
}

/** Names that older Digital Links use for application identifiers. */
const SHORT_NAMES: Record<string, string> = {
  sscc: '00',
  gtin: '01',
  gdti: '253',
  gcn: '255',
  ginc: '401',
  gsin: '402',
  gln: '414',
  party: '417',
  grai: '8003',
  giai: '8004',
  itip: '8006',
  cpid: '8010',
  gsrnp: '8017',
  gsrn: '8018',
  cpv: '22',
  lot: '10',
  ser: '21',
}

/** A GS1 key out of a Digital Link: the primary key and the qualifiers as they stood, decoded. */
export interface Gs1Link {
  ai: string
  value: string
  qualifiers: [ai: string, value: string][]
}

/**
 * The GS1 key of a Digital Link URI on any domain; undefined when the path does not end in one. Lengths and characters
 * are checked, check digits are not (`isGtin` and its like do that): a wrong number is still what somebody wrote.
 */
export function parseDigitalLink(uri: string): Gs1Link | undefined {
  const match = /^https?:\/\/[^/?#]+\/([^?#]*)/.exec(uri)
  if (match === null || !isAscii(uri)) return undefined
  const parts = (match[1] ?? '').replace(/\/$/, '').split('/')
  for (let i = 0; i + 1 < parts.length; i++) {
    const link = keyAt(parts, i)
    if (link !== undefined) return link
  }
  return undefined
}

function keyAt(parts: readonly string[], start: number): Gs1Link | undefined {
  if ((parts.length - start) % 2 !== 0) return undefined
  const ai = numeric(parts[start] ?? '')
  const key = Object.hasOwn(PRIMARY, ai) ? PRIMARY[ai] : undefined
  const value = readPercent(parts[start + 1] ?? '')
  if (key === undefined || value === undefined || !key.value.test(value)) return undefined
  const qualifiers: [string, string][] = []
  for (let i = start + 2; i < parts.length; i += 2) {
    const name = numeric(parts[i] ?? '')
    const text = readPercent(parts[i + 1] ?? '')
    if (text === undefined || text === '') return undefined
    if (!key.level.includes(name) && key.drop?.includes(name) !== true) return undefined
    qualifiers.push([name, text])
  }
  return { ai, value: ai === '01' ? value.padStart(14, '0') : value, qualifiers }
}

function numeric(name: string): string {
  return Object.hasOwn(SHORT_NAMES, name) ? (SHORT_NAMES[name] ?? name) : name
}

/** `https://id.gs1.org/...` with every qualifier given, in the order given. */
export function formatDigitalLink({ ai, value, qualifiers }: Gs1Link): string {
  const pairs = [[ai, value], ...qualifiers] as [string, string][]
  return CANONICAL + pairs.map(([name, text]) => `${name}/${writePercent(text)}`).join('/')
}

/** Only the finest level of identification: with a serial the lot goes (CBV 2.0, event hash rule 18). */
export function finest(link: Gs1Link): Gs1Link {
  for (const level of PRIMARY[link.ai]?.level ?? []) {
    const found = link.qualifiers.find(([name]) => name === level)
    if (found !== undefined) return { ...link, qualifiers: [found] }
  }
  return { ...link, qualifiers: [] }
}
