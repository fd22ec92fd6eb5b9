import { z } from 'zod'
import { malformed } from '../../driver.ts'

/** The option of payloads that tell by themselves what they are: any fPort, unless one is stated. */
export const anyPortOption = (shipped: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(223)
    .optional()
    .describe(`fPort of measurements; default any (shipped: ${shipped}).`)

/** Refuses what came on another fPort: there the same bytes mean something else. No fPort known: taken on trust. */
export function expectPort({ port }: { port?: number | undefined }, fPort: number | undefined): void {
  if (port !== undefined && fPort !== undefined && port !== fPort) throw malformed(`fPort ${port}, want ${fPort}`)
}
