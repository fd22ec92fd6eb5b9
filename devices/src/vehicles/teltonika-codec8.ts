import { teltonikaDriver } from './teltonika/driver.ts'
import { CODEC_8 } from './teltonika/records.ts'

/** One-byte ids: the FMB family's default. Source: Teltonika Telematics Wiki, "Codec". */
export default teltonikaDriver(
  'teltonika-codec8',
  CODEC_8,
  'Teltonika AVL codec 8 over TCP: position, temperatures, door, ignition, voltages, trouble codes (Teltonika Telematics Wiki).',
)
