import { finest, formatDigitalLink, type Gs1Link, parseDigitalLink } from './digital-link.ts'
import { checkDigit } from './ids.ts'
import { readPercent, writeEpcPercent } from './percent.ts'

/**
 * How an EPC scheme writes its key. `digits`: the company prefix and reference together, without check digit; the
 * reference's first digit leads the key when `indicator` is set. Without `digits` the reference is free text.
 */
interface Scheme {
  ai: string
  digits?: number
  indicator?: true
  /** Digits before the key (GRAI's 0). */
  lead?: string
  /** Where the serial goes: a qualifier's AI, or behind the key itself. */
  serial?: string | 'suffix'
  /** Pieces of a trade item: two components of two digits. */
  pieces?: true
  /** The serial that means "none". */
  noSerial?: string
}

/** EPC Tag Data Standard 1.13, section 7: EPC URI <-> GS1 key. */
const SCHEMES: Record<string, Scheme> = {
  'id:sgtin': { ai: '01', digits: 13, indicator: true, serial: '21' },
  'id:upui': { ai: '01', digits: 13, indicator: true, serial: '235' },
  'class:lgtin': { ai: '01', digits: 13, indicator: true, serial: '10' },
  'id:itip': { ai: '8006', digits: 13, indicator: true, pieces: true, serial: '21' },
  'id:sscc': { ai: '00', digits: 17, indicator: true },
  'id:sgln': { ai: '414', digits: 12, serial: '254', noSerial: '0' },
  'id:pgln': { ai: '417', digits: 12 },
  'id:grai': { ai: '8003', digits: 12, lead: '0', serial: 'suffix' },
  'id:gdti': { ai: '253', digits: 12, serial: 'suffix' },
  'id:sgcn': { ai: '255', digits: 12, serial: 'suffix' },
  'id:gsrn': { ai: '8018', digits: 17 },
  'id:gsrnp': { ai: '8017', digits: 17 },
  'id:gsin': { ai: '402', digits: 16 },
  'id:giai': { ai: '8004' },
  'id:ginc': { ai: '401' },
  'id:cpi': { ai: '8010', serial: '8011' },
}
/** Patterns `urn:epc:idpat:{scheme}:....*` name the class: the key without its serial. */
const PATTERNS = new Set(['sgtin', 'grai', 'gdti', 'sgcn', 'cpi', 'itip', 'upui'])

const URN = /^urn:epc:(id|class|idpat):([a-z]+):(\d{6,12})\.(.*)$/

/** The GS1 key of an EPC URI, EPC class URI or EPC pattern; undefined for anything else or a malformed one. */
export function parseEpcUri(uri: string): Gs1Link | undefined {
  const [, kind, name, prefix, tail] = URN.exec(uri) ?? []
  if (kind === undefined || prefix === undefined || tail === undefined) return undefined
  const pattern = kind === 'idpat'
  if (pattern && !PATTERNS.has(String(name))) return undefined
  const scheme = SCHEMES[pattern ? `id:${name}` : `${kind}:${name}`]
  if (scheme === undefined) return undefined
  const parts = split(scheme, tail)
  if (parts === undefined) return undefined
  const { reference, pieces } = parts
  const key = scheme.digits === undefined ? readPercent(prefix + reference) : digitKey(scheme, prefix, reference)
  // In a pattern the star stands for every serial; in an EPC it is a character like others (TDS 2.0, table A-1).
  if (key === undefined || (pattern && parts.serial !== '*')) return undefined
  const serial = pattern || parts.serial === scheme.noSerial ? undefined : parts.serial
  const text = serial === undefined ? undefined : readPercent(serial)
  if (serial !== undefined && text === undefined) return undefined
  const value = key + pieces + (scheme.serial === 'suffix' ? (text ?? '') : '')
  const qualified = text !== undefined && scheme.serial !== undefined && scheme.serial !== 'suffix'
  return { ai: scheme.ai, value, qualifiers: qualified ? [[scheme.serial as string, text]] : [] }
}

/** Cuts the components behind the company prefix. A serial may itself contain dots, so it takes the rest. */
function split(scheme: Scheme, tail: string): { reference: string; pieces: string; serial?: string } | undefined {
  if (scheme.serial === undefined) return { reference: tail, pieces: '' }
  const parts = tail.split('.')
  const before = scheme.pieces === undefined ? 1 : 3
  if (parts.length <= before) return undefined
  const pieces = parts.slice(1, before)
  if (!pieces.every((piece) => /^\d\d$/.test(piece))) return undefined
  const serial = parts.slice(before).join('.')
  return serial === '' ? undefined : { reference: parts[0] ?? '', pieces: pieces.join(''), serial }
}

function digitKey(scheme: Scheme, prefix: string, reference: string): string | undefined {
  if (!/^\d*$/.test(reference) || prefix.length + reference.length !== scheme.digits) return undefined
  if (scheme.indicator !== undefined && reference === '') return undefined
  const digits = scheme.indicator ? `${reference.slice(0, 1)}${prefix}${reference.slice(1)}` : prefix + reference
  const body = (scheme.lead ?? '') + digits
  return body + checkDigit(body)
}

/** The canonical `https://id.gs1.org/...` of an EPC URI or of a Digital Link on any domain; undefined for other URIs. */
export function canonicalUri(uri: string): string | undefined {
  const link = uri.startsWith('urn:epc:') ? parseEpcUri(uri) : parseDigitalLink(uri)
  return link === undefined ? undefined : formatDigitalLink(finest(link))
}

/**
 * The EPC URI of a Digital Link. The number alone does not tell where the company prefix ends, so its length must be
 * given (6 to 12). A GTIN or other class without serial becomes its pattern. Undefined where no EPC URI is defined.
 */
export function epcUri(uri: string, prefixLength: number): string | undefined {
  const parsed = parseDigitalLink(uri)
  if (parsed === undefined || prefixLength < 6 || prefixLength > 12) return undefined
  const link = finest(parsed)
  const [qualifier, text] = link.qualifiers[0] ?? []
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    if (scheme.ai !== link.ai) continue
    if (qualifier !== undefined && scheme.serial !== qualifier) continue
    const urn = write(name, scheme, link.value, text, prefixLength)
    if (urn !== undefined) return urn
  }
  return undefined
}

function write(name: string, scheme: Scheme, value: string, qualifier: string | undefined, length: number) {
  const [kind, short] = name.split(':')
  let key = value
  let serial = qualifier ?? scheme.noSerial
  let pieces = ''
  if (scheme.digits !== undefined) {
    const size = (scheme.lead?.length ?? 0) + scheme.digits + 1
    const rest = value.slice(size)
    if (scheme.serial === 'suffix') serial = rest === '' ? undefined : rest
    if (scheme.pieces) pieces = `${rest.slice(0, 2)}.${rest.slice(2)}.`
    key = value.slice(scheme.lead?.length ?? 0, size - 1)
    // An EPC URI has no check digit: a wrong one would silently be mended on the way back.
    if (checkDigit(value.slice(0, size - 1)) !== Number(value[size - 1])) return undefined
    if (scheme.indicator) key = key.slice(1, 1 + length) + key.slice(0, 1) + key.slice(1 + length)
  }
  const reference = writeEpcPercent(key.slice(length))
  if (!/^\d+$/.test(key.slice(0, length)) || key.length < length) return undefined
  if (scheme.digits === undefined && reference === '') return undefined
  const head = `${key.slice(0, length)}.${reference}`
  if (scheme.serial === undefined) return `urn:epc:${kind}:${short}:${head}`
  if (serial !== undefined) return `urn:epc:${kind}:${short}:${head}.${pieces}${writeEpcPercent(serial)}`
  return PATTERNS.has(String(short)) ? `urn:epc:idpat:${short}:${head}.${pieces}*` : undefined
}
