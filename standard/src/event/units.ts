import { OpsError } from './errors.ts'

/** A unit of UN/CEFACT Recommendation 20. `factor` and `offset` lead to the base: base = value * factor + offset. */
interface Unit {
  name: string
  symbol: string
  /** What it measures; only units of the same dimension convert into each other. */
  dimension: string
  factor: number
  offset?: number
}

const unit = (name: string, symbol: string, dimension: string, factor = 1, offset?: number): Unit =>
  offset === undefined ? { name, symbol, dimension, factor } : { name, symbol, dimension, factor, offset }

/** The units Waytrace reads and shows, by their UN/CEFACT Rec 20 code. */
export const UNITS: Readonly<Record<string, Unit>> = {
  CEL: unit('degree Celsius', '°C', 'temperature', 1, 273.15),
  FAH: unit('degree Fahrenheit', '°F', 'temperature', 5 / 9, 273.15 - (32 * 5) / 9),
  KEL: unit('kelvin', 'K', 'temperature'),
  P1: unit('percent', '%', 'ratio', 0.01),
  C62: unit('one', '', 'ratio'),
  '59': unit('part per million', 'ppm', 'ratio', 1e-6),
  PAL: unit('pascal', 'Pa', 'pressure'),
  A97: unit('hectopascal', 'hPa', 'pressure', 100),
  KPA: unit('kilopascal', 'kPa', 'pressure', 1000),
  MBR: unit('millibar', 'mbar', 'pressure', 100),
  BAR: unit('bar', 'bar', 'pressure', 100_000),
  MTR: unit('metre', 'm', 'length'),
  MMT: unit('millimetre', 'mm', 'length', 0.001),
  CMT: unit('centimetre', 'cm', 'length', 0.01),
  KMT: unit('kilometre', 'km', 'length', 1000),
  SMI: unit('mile (statute)', 'mi', 'length', 1609.344),
  MTS: unit('metre per second', 'm/s', 'speed'),
  KMH: unit('kilometre per hour', 'km/h', 'speed', 1 / 3.6),
  KNT: unit('knot', 'kn', 'speed', 1852 / 3600),
  HM: unit('mile per hour', 'mph', 'speed', 0.44704),
  MSK: unit('metre per second squared', 'm/s²', 'acceleration'),
  K40: unit('standard acceleration of free fall', 'g', 'acceleration', 9.80665),
  DD: unit('degree (angle)', '°', 'angle', Math.PI / 180),
  C81: unit('radian', 'rad', 'angle'),
  KGM: unit('kilogram', 'kg', 'mass'),
  GRM: unit('gram', 'g', 'mass', 0.001),
  TNE: unit('tonne', 't', 'mass', 1000),
  LBR: unit('pound', 'lb', 'mass', 0.453_592_37),
  LTR: unit('litre', 'l', 'volume', 0.001),
  MTQ: unit('cubic metre', 'm³', 'volume'),
  VLT: unit('volt', 'V', 'voltage'),
  '2Z': unit('millivolt', 'mV', 'voltage', 0.001),
  AMP: unit('ampere', 'A', 'current'),
  '4K': unit('milliampere', 'mA', 'current', 0.001),
  C26: unit('millisecond', 'ms', 'time', 0.001),
  SEC: unit('second', 's', 'time'),
  MIN: unit('minute', 'min', 'time', 60),
  HUR: unit('hour', 'h', 'time', 3600),
  DAY: unit('day', 'd', 'time', 86_400),
  LUX: unit('lux', 'lx', 'illuminance'),
  OHM: unit('ohm', 'Ω', 'resistance'),
  WTT: unit('watt', 'W', 'power'),
  KWT: unit('kilowatt', 'kW', 'power', 1000),
  WHR: unit('watt hour', 'Wh', 'energy', 3600),
  KWH: unit('kilowatt hour', 'kWh', 'energy', 3_600_000),
  MQH: unit('cubic metre per hour', 'm³/h', 'flow'),
  E96: unit('degree per second', '°/s', 'angular velocity'),
  G42: unit('microsiemens per centimetre', 'µS/cm', 'conductivity'),
  HTZ: unit('hertz', 'Hz', 'frequency'),
  RPM: unit('revolutions per minute', 'r/min', 'rotation'),
  A93: unit('gram per cubic metre', 'g/m³', 'density'),
  GQ: unit('microgram per cubic metre', 'µg/m³', 'density', 1e-6),
  C35: unit('mole per cubic decimetre', 'mol/dm³', 'concentration'),
  DBM: unit('decibel-milliwatt', 'dBm', 'signal'),
}

/** How a unit is shown behind a number: its symbol, or the code itself when we do not know it. */
export function unitSymbol(code: string): string {
  return lookUp(code)?.symbol ?? code
}

/** `value` in another unit of the same dimension. Throws `OpsError('INPUT_INVALID')` when there is no way between them. */
export function convert(value: number, from: string, to: string): number {
  if (from === to) return value
  const [source, target] = [lookUp(from), lookUp(to)]
  if (source === undefined || target === undefined || source.dimension !== target.dimension)
    throw new OpsError('INPUT_INVALID', `cannot convert ${from} into ${to}`)
  const base = value * source.factor + (source.offset ?? 0)
  // 12 digits: what binary fractions add behind them is not measurement.
  return Number(((base - (target.offset ?? 0)) / target.factor).toPrecision(12))
}

function lookUp(code: string): Unit | undefined {
  return Object.hasOwn(UNITS, code) ? UNITS[code] : undefined
}
