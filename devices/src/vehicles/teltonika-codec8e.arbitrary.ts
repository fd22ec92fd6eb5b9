import { recordsArbitrary } from './teltonika/observations.arbitrary.ts'
import { CODEC_8E } from './teltonika/records.ts'

/** What a truck's gateway reports in this codec. */
export const arbitrary = recordsArbitrary(CODEC_8E).filter(({ observations }) => observations.length > 0)
