import { gs1Uri } from '@waytrace/standard'
import type { ScanKeys } from '../../driver.ts'
import { AIS } from './ai-table.ts'
import { isoDate, isoDateTime } from './dates.ts'
import type { Elements } from './element-string.ts'

/** Primary keys that name an item. 414 is a place and 8017 a person who serves: they have fields of their own. */
const ITEM_KEYS = ['00', '01', '253', '255', '401', '402', '8003', '8004', '8006', '8010', '8013', '8018']

/** What elements mean. `nowMs` (UTC ms) chooses the century of dates. */
export function meaning(elements: Elements, nowMs: number): ScanKeys {
  const value = new Map(elements)
  const of = (ai: string) => value.get(ai)
  const operator = of('8017')
  const count = of('37') ?? of('30')
  return defined({
    epcs: ITEM_KEYS.flatMap((ai) => itemUri(ai, value)),
    order: of('400'),
    operator: operator && gs1Uri('8017', operator),
    location: location(value),
    lot: of('10'),
    expiry: expiry(value, nowMs),
    limits: limits(value),
    window: deliveryWindow(value, nowMs),
    count: count === undefined ? undefined : Number(count),
  })
}

/** The canonical URI at its finest level: the qualifiers of the first sequence, or of an own one such as 235. */
function itemUri(key: string, value: ReadonlyMap<string, string>): string[] {
  const id = value.get(key)
  if (id === undefined) return []
  const serial = value.get('21')
  // An instance is named by key and serial; lot and variant of it say nothing about which one it is.
  if (serial !== undefined && (key === '01' || key === '8006')) return [gs1Uri(key, id, ['21', serial])]
  const finest = (AIS.get(key)?.qualifiers ?? []).flat().filter((ai) => ai !== '22' && ai !== '7040' && value.has(ai))
  return [gs1Uri(key, id, ...finest.slice(0, 1).map((ai): [string, string] => [ai, value.get(ai) ?? '']))]
}

function location(value: ReadonlyMap<string, string>): string | undefined {
  const gln = value.get('414')
  if (gln === undefined) return undefined
  const extension = value.get('254')
  return extension === undefined ? gs1Uri('414', gln) : gs1Uri('414', gln, ['254', extension])
}

/** 7003 states the time too, so it goes before 17. */
function expiry(value: ReadonlyMap<string, string>, nowMs: number): string | undefined {
  const time = value.get('7003')
  if (time !== undefined) return isoDateTime(time, nowMs)
  const date = value.get('17')
  return date === undefined ? undefined : isoDate(date, nowMs)
}

function limits(value: ReadonlyMap<string, string>): ScanKeys['limits'] {
  const maxC = celsius(value.get('4331')) ?? fahrenheit(value.get('4330'))
  const minC = celsius(value.get('4333')) ?? fahrenheit(value.get('4332'))
  return minC === undefined && maxC === undefined ? undefined : defined({ minC, maxC })
}

function deliveryWindow(value: ReadonlyMap<string, string>, nowMs: number): ScanKeys['window'] {
  const from = value.get('4324')
  const to = value.get('4325')
  if (from === undefined && to === undefined) return undefined
  return defined({ notBefore: from && isoDateTime(from, nowMs), notAfter: to && isoDateTime(to, nowMs) })
}

/** Hundredths of a degree; a trailing hyphen makes them negative (GS1 GenSpec 3.6, AIs 4330-4333). */
function hundredths(text: string): number {
  const amount = Number(text.slice(0, 6))
  return text.endsWith('-') && amount !== 0 ? -amount : amount
}

function celsius(text: string | undefined): number | undefined {
  return text === undefined ? undefined : hundredths(text) / 100
}

/** Rounded to hundredths, the precision of the label. */
function fahrenheit(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Math.round(((hundredths(text) - 3200) * 5) / 9 + 0) / 100 + 0
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** The object without its undefined fields: absent and undefined must not differ in what a driver returns. */
function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined)) as Defined<T>
}
