import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { OpsError } from '@waytrace/standard'

/**
 * The SHA-256 fingerprint that names a client certificate, as Node prints it (`AA:BB:...`): of a certificate file (PEM or
 * DER), or from a fingerprint as `openssl x509 -fingerprint -sha256`, a browser or `sha256sum` of the DER writes it, in
 * hex or base64. Throws `OpsError('INPUT_INVALID')`.
 */
export function certificateFingerprint(text: string): string {
  if (existsSync(text)) return fingerprintOf(text)
  const bare = text.trim().replace(/^sha-?256(?: fingerprint)?[ :=/]+/i, '')
  const hex = bare.replaceAll(/[\s:-]/g, '')
  if (/^[0-9a-f]{64}$/i.test(hex)) return colons(hex)
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(bare) ? Buffer.from(bare, 'base64') : undefined
  if (bytes?.length === 32) return colons(bytes.toString('hex'))
  throw new OpsError('INPUT_INVALID', `${text} is neither a file nor a SHA-256 fingerprint (32 bytes in hex or base64)`)
}

function fingerprintOf(file: string): string {
  try {
    return new X509Certificate(readFileSync(file)).fingerprint256
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `${file} holds no certificate: ${(cause as Error).message}`, { cause })
  }
}

function colons(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(':')
}
