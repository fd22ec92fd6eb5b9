import { teltonikaDriver } from './teltonika/driver.ts'
import { CODEC_16 } from './teltonika/records.ts'

/** Two-byte ids, and the reason why each record was generated. Source: Teltonika Telematics Wiki, "Codec". */
export default teltonikaDriver(
  'teltonika-codec16',
  CODEC_16,
  'Teltonika AVL codec 16 over TCP: position, temperatures, door, ignition, voltages, trouble codes (Teltonika Telematics Wiki).',
)
