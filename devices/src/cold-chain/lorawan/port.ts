import { z } from 'zod'
import { type FrameContext, malformed } from '../../driver.ts'

/** The option every LoRaWAN driver has: on which fPort the device sends its measurements. */
export const fPortOption = (fallback: number) =>
  z.coerce.number().int().min(1).max(223).default(fallback).describe('fPort of measurements.')

/** The same for makers whose payload tells by itself what it is: any fPort, unless one is stated. */
export const anyPortOption = (shipped: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(223)
    .optional()
    .describe(`fPort of measurements; default any (shipped: ${shipped}).`)

/** Refuses what came on another fPort: there the same bytes mean something else. No fPort known: taken on trust. */
export function expectPort({ port }: FrameContext, fPort: number | undefined): void {
  if (port !== undefined && fPort !== undefined && port !== fPort) throw malformed(`fPort ${port}, want ${fPort}`)
}
