/**
 * Short names, in our own words, of suspect parameters that stop a truck or its cooling most often. The full list is
 * SAE's to license; a number that is not here is shown as a number.
 */
export const SPN_NAMES: Readonly<Record<number, string>> = {
  84: 'vehicle speed',
  91: 'accelerator pedal',
  94: 'fuel feed pressure',
  96: 'fuel level',
  97: 'water in fuel',
  98: 'engine oil level',
  100: 'engine oil pressure',
  102: 'boost pressure',
  105: 'intake air temperature',
  107: 'air filter restriction',
  110: 'coolant temperature',
  111: 'coolant level',
  157: 'fuel rail pressure',
  158: 'switched battery voltage',
  168: 'battery voltage',
  171: 'outside temperature',
  175: 'engine oil temperature',
  177: 'gearbox oil temperature',
  190: 'engine speed',
  411: 'exhaust gas recirculation',
  627: 'power supply of the controller',
  629: 'controller',
  639: 'data network',
  651: 'injector 1',
  652: 'injector 2',
  653: 'injector 3',
  654: 'injector 4',
  655: 'injector 5',
  656: 'injector 6',
  1127: 'turbocharger pressure',
  1569: 'engine derated for protection',
  1761: 'exhaust fluid level',
  3031: 'exhaust fluid temperature',
  3216: 'NOx before catalyst',
  3226: 'NOx after catalyst',
  3251: 'particulate filter pressure',
  3364: 'exhaust fluid quality',
  3719: 'particulate filter soot',
  4364: 'catalyst efficiency',
}

/** Failure modes by FMI, in our own words. */
export const FMI_NAMES: readonly string[] = [
  'above range, most severe',
  'below range, most severe',
  'erratic',
  'voltage high or shorted high',
  'voltage low or shorted low',
  'current low or open circuit',
  'current high or shorted to ground',
  'mechanical system not responding',
  'abnormal frequency',
  'abnormal update rate',
  'abnormal rate of change',
  'cause not known',
  'bad device',
  'out of calibration',
  'special instructions',
  'above range, least severe',
  'above range, moderate',
  'below range, least severe',
  'below range, moderate',
  'network data in error',
  'data drifted high',
  'data drifted low',
]

/** `spn/110/fmi/0` in words: "coolant temperature: above range, most severe". Other codes come back as they are. */
export function describeJ1939(code: string): string {
  const match = /^spn\/(\d+)\/fmi\/(\d+)$/.exec(code)
  if (match === null) return code
  const [spn, fmi] = [Number(match[1]), Number(match[2])]
  return `${SPN_NAMES[spn] ?? `SPN ${spn}`}: ${FMI_NAMES[fmi] ?? `FMI ${fmi}`}`
}
