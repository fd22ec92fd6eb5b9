import { teltonikaDriver } from './teltonika/driver.ts'
import { CODEC_8E } from './teltonika/records.ts'

/** Codec 8 Extended: two-byte ids and counts, and elements of any length (VIN, trouble codes). Source: Teltonika Telematics Wiki, "Codec". */
export default teltonikaDriver(
  'teltonika-codec8e',
  CODEC_8E,
  'Teltonika AVL codec 8 Extended over TCP: position, temperatures, door, ignition, voltages, trouble codes (Teltonika Telematics Wiki).',
)
