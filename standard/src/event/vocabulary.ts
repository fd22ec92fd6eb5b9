import { z } from 'zod'
import { isUri } from './primitives.ts'

/**
 * The bare names of CBV 2.0 and of the GS1 Web Vocabulary that EPCIS 2.0 JSON knows
 * (source: EPCIS-JSON-Schema.json of github.com/gs1/EPCIS, 2023-05-16).
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

export const BIZ_STEPS = words(`
  accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
  decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing
  killing loading other packing picking receiving removing repackaging repairing replacing reserving retail_selling
  shipping staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping
  sensor_reporting sampling`)

export const DISPOSITIONS = words(`
  active container_closed damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive
  no_pedigree_match non_sellable_other partially_dispensed recalled reserved retail_sold returned sellable_accessible
  sellable_not_accessible stolen unknown available completeness_verified completeness_inferred conformant container_open
  mismatch_instance mismatch_class mismatch_quantity needs_replacement non_conformant unavailable`)

export const BIZ_TRANSACTION_TYPES = words(
  'bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt',
)
export const SOURCE_DEST_TYPES = words('owning_party possessing_party location')
export const ERROR_REASONS = words('did_not_occur incorrect_data')
export const SENSOR_EXCEPTIONS = words('ALARM_CONDITION ERROR_CONDITION')
export const COMPONENTS = words(`
  x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude longitude
  altitude`)

export const MEASUREMENT_TYPES = words(`
  AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Radioactivity Altitude AmountOfSubstance
  AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance Conductance
  Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity ElectricCharge
  ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance
  Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity MagneticFlux
  MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity
  MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity RelativeHumidity
  Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage
  Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber`)

const CBV = 'https://ref.gs1.org/cbv/'
const VOC = 'https://gs1.org/voc/'

/** Each vocabulary: its bare names, the namespace they expand to, and the CURIE for the same. */
const VOCABULARIES = {
  bizStep: { names: new Set(BIZ_STEPS), uri: `${CBV}BizStep-`, curie: 'cbv:BizStep-' },
  disposition: { names: new Set(DISPOSITIONS), uri: `${CBV}Disp-`, curie: 'cbv:Disp-' },
  bizTransactionType: { names: new Set(BIZ_TRANSACTION_TYPES), uri: `${CBV}BTT-`, curie: 'cbv:BTT-' },
  sourceDestType: { names: new Set(SOURCE_DEST_TYPES), uri: `${CBV}SDT-`, curie: 'cbv:SDT-' },
  errorReason: { names: new Set(ERROR_REASONS), uri: `${CBV}ER-`, curie: 'cbv:ER-' },
  component: { names: new Set(COMPONENTS), uri: `${CBV}Comp-`, curie: 'cbv:Comp-' },
  measurement: { names: new Set(MEASUREMENT_TYPES), uri: VOC, curie: 'gs1:' },
  exception: { names: new Set(SENSOR_EXCEPTIONS), uri: VOC, curie: 'gs1:' },
} as const

export type Vocabulary = keyof typeof VOCABULARIES

/** Namespaces that must be written as bare names instead: GS1's own schema refuses them. */
const REFUSED_CBV = /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/
const REFUSED_VOC = /^https?:\/\/(?:www\.)?gs1\.org\/voc\//

/** Whether GS1's schema takes this text for a term: a bare name, or a URI or CURIE outside the refused namespaces. */
export function isTerm(vocabulary: Vocabulary, text: string): boolean {
  const { names, uri } = VOCABULARIES[vocabulary]
  return names.has(text) || (isUri(text) && !(uri === VOC ? REFUSED_VOC : REFUSED_CBV).test(text))
}

/** The bare name of a term, whichever of its forms it is written in; other URIs as they are. For comparing. */
export function bareTerm(vocabulary: Vocabulary, text: string): string {
  const { names, uri, curie } = VOCABULARIES[vocabulary]
  if (names.has(text)) return text
  const start = text.startsWith(uri) ? uri.length : text.startsWith(curie) ? curie.length : 0
  const name = text.slice(start)
  return start > 0 && names.has(name) ? name : text
}

/** The full URI of a bare name; anything else as it is. */
export function expandTerm(vocabulary: Vocabulary, text: string): string {
  const { names, uri } = VOCABULARIES[vocabulary]
  return names.has(text) ? uri + text : text
}

/** The schema of a term. */
export function term(vocabulary: Vocabulary) {
  const { names, uri } = VOCABULARIES[vocabulary]
  const refused = uri === VOC ? REFUSED_VOC : REFUSED_CBV
  return z
    .string()
    .refine(
      (text) => names.has(text) || (isUri(text) && !refused.test(text)),
      `not a ${vocabulary} of CBV 2.0 by its bare name, nor a URI of another vocabulary`,
    )
}
