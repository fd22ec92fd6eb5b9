import { z } from 'zod'

/** How an InfluxDB is reached: 1.x by database, user and password; 2.x by org, bucket and token; 3 by database and token. */
export const influxConfig = z
  .strictObject({
    url: z.url().meta({ env: 'INFLUX_URL' }).describe('Base address, e.g. http://127.0.0.1:8086.'),
    database: z
      .string()
      .min(1)
      .default('waytrace')
      .describe('1.x and 3: the database. 2.x: the one mapped to the bucket.'),
    retentionPolicy: z.string().optional().describe('1.x: retention policy to write to; the default one when absent.'),
    username: z.string().optional().describe('1.x: user.'),
    password: z.string().optional().describe('1.x: password.'),
    org: z.string().optional().describe('2.x: organisation.'),
    bucket: z.string().optional().describe('2.x: bucket; the name of the database when absent.'),
    token: z.string().optional().describe('2.x and 3: token.'),
    createDatabase: z.boolean().default(true).describe('1.x: create a missing database, where the user may.'),
    retention: z
      .string()
      .regex(/^\d+[hdw]$/)
      .optional()
      .describe('1.x: how long a database that is created keeps points, e.g. 90d; for ever when absent.'),
    maxLines: z.number().int().min(1).max(50_000).default(5_000).describe('Points per post.'),
    maxBytes: z.number().int().min(10_000).default(10_000_000).describe('Bytes per post.'),
    timeoutMs: z.number().int().min(100).default(10_000).describe('Longest wait for an answer.'),
  })
  .describe('InfluxDB')

export type InfluxConfig = z.output<typeof influxConfig>
export type InfluxInput = z.input<typeof influxConfig>
