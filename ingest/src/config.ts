import { z } from 'zod'

/** The options of ingest. `docs/generated/config.md` is printed from the descriptions. */
export const ingestConfig = z.strictObject({
  statePath: z.string().describe('Folder of the dedupe set, the marks and the command outbox (LMDB).'),
  deployment: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('local')
    .describe('Names this installation in the source of facts made at the centre.'),
  batchMessages: z.int().min(1).default(4000).describe('Raw messages taken at once.'),
  batchBytes: z.int().min(1024).default(2_097_152).describe('Raw bytes taken at once.'),
  writeEvents: z.int().min(1).default(1000).describe('Events written to a store at once.'),
  identitySeconds: z.number().positive().default(2).describe('How long an enrolment is trusted without looking again.'),
  logFullPercent: z
    .number()
    .min(10)
    .max(99)
    .default(90)
    .describe('At this fill of the log or the raw journal health turns degraded and an alarm is raised.'),
  trimSeconds: z.number().positive().default(10).describe('How often passed entries of the raw journal are deleted.'),
})

export type IngestConfig = z.infer<typeof ingestConfig>
/** What a caller writes. */
export type IngestOptions = z.input<typeof ingestConfig>
