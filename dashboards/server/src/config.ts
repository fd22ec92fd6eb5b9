import { z } from 'zod'

/** Options of the HTTP shell. */
export const httpConfig = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen on. Anything but loopback wants TLS.'),
  port: z.int().min(0).max(65_535).default(8080).describe('Port to listen on; 0 takes a free one.'),
  tls: z
    .strictObject({
      keyFile: z.string().describe('PEM file of the private key.'),
      certFile: z.string().describe('PEM file of the certificate chain.'),
    })
    .optional()
    .describe('Serve HTTPS with this key and certificate.'),
  demo: z
    .boolean()
    .default(false)
    .describe('Sign visitors from loopback in as the demo user with the role operator, and say so on every page.'),
  requestsPerMinute: z.int().positive().default(1200).describe('Requests one address may make in a minute.'),
  bodyBytes: z.int().positive().default(16_777_216).describe('Largest request body.'),
})
export type HttpConfig = z.infer<typeof httpConfig>
