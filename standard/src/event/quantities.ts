/**
 * What a device can measure: our word, the EPCIS 2.0 `sensorReport.type` and the UN/CEFACT Rec 20 unit it is kept in.
 * A type with the prefix `wt:` is our extension, because the GS1 vocabulary has no measurement type for it.
 */
export const QUANTITIES = {
  temperature: { type: 'Temperature', uom: 'CEL' },
  humidity: { type: 'RelativeHumidity', uom: 'P1' },
  pressure: { type: 'Pressure', uom: 'PAL' },
  acceleration: { type: 'Acceleration', uom: 'K40' },
  illuminance: { type: 'Illuminance', uom: 'LUX' },
  speed: { type: 'Speed', uom: 'KMH' },
  heading: { type: 'Angle', uom: 'DD' },
  mass: { type: 'Mass', uom: 'KGM' },
  voltage: { type: 'Voltage', uom: 'VLT' },
  count: { type: 'Count', uom: 'C62' },
  battery: { type: 'wt:BatteryLevel', uom: 'P1' },
  fuel: { type: 'wt:FuelLevel', uom: 'P1' },
  signal: { type: 'wt:SignalStrength', uom: 'DBM' },
  co2: { type: 'wt:CarbonDioxide', uom: '59' },
  particulates: { type: 'wt:ParticulateMatter', uom: 'GQ' },
  gasIndex: { type: 'wt:GasIndex', uom: 'C62' },
  engineHours: { type: 'wt:EngineHours', uom: 'HUR' },
  distance: { type: 'Length', uom: 'MTR' },
  setPoint: { type: 'wt:SetPoint', uom: 'CEL' },
  returnAir: { type: 'wt:ReturnAirTemperature', uom: 'CEL' },
  supplyAir: { type: 'wt:SupplyAirTemperature', uom: 'CEL' },
  door: { type: 'wt:DoorOpen' },
  ignition: { type: 'wt:Ignition' },
  movement: { type: 'wt:Movement' },
  power: { type: 'wt:ExternalPower' },
  mode: { type: 'wt:OperatingMode' },
  identity: { type: 'wt:Identity' },
  current: { type: 'ElectricCurrent', uom: 'AMP' },
  activePower: { type: 'Power', uom: 'WTT' },
  energy: { type: 'Energy', uom: 'KWH' },
  volume: { type: 'Volume', uom: 'LTR' },
  flow: { type: 'VolumeFlowRate', uom: 'MQH' },
  duration: { type: 'Time', uom: 'SEC' },
  angularVelocity: { type: 'AngularVelocity', uom: 'E96' },
  conductivity: { type: 'Conductivity', uom: 'G42' },
  voc: { type: 'MassConcentration', uom: 'GQ' },
  moisture: { type: 'wt:Moisture', uom: 'P1' },
  uvIndex: { type: 'wt:UvIndex', uom: 'C62' },
  /** A switch or alarm contact that has no quantity of its own; the channel names it. */
  state: { type: 'wt:State' },
  generic: { type: 'Dimensionless', uom: 'C62' },
} as const satisfies Record<string, { type: string; uom?: string }>

export type Quantity = keyof typeof QUANTITIES
