import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { certificate, tempDir } from '@waytrace/standard/testing'
import { expect, it } from 'vitest'
import { certificateFingerprint } from '../src/certificates.ts'

const { cert, files } = certificate('edge7')
const { fingerprint256 } = new X509Certificate(cert)

it('a certificate is named by its file, PEM or DER', () => {
  const der = join(tempDir('der'), 'edge7.der')
  execFileSync('openssl', ['x509', '-in', files.certFile, '-outform', 'der', '-out', der])
  expect(certificateFingerprint(files.certFile)).toBe(fingerprint256)
  expect(certificateFingerprint(der)).toBe(fingerprint256)
})

it('a certificate is named by its fingerprint in every usual form', () => {
  const openssl = execFileSync('openssl', ['x509', '-in', files.certFile, '-noout', '-fingerprint', '-sha256'])
  const hex = fingerprint256.replaceAll(':', '')
  const bytes = Buffer.from(hex, 'hex')
  const forms = [
    String(openssl),
    fingerprint256,
    fingerprint256.toLowerCase(),
    hex,
    hex.toLowerCase(),
    fingerprint256.replaceAll(':', ' '),
    `sha256:${hex.toLowerCase()}`,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    `SHA256:${bytes.toString('base64')}`,
  ]
  for (const form of forms) expect(certificateFingerprint(form), form).toBe(fingerprint256)
})

it('what is no certificate and no SHA-256 is refused with a clear message', () => {
  for (const wrong of ['', 'edge7', fingerprint256.slice(3), 'AA:BB', files.keyFile, '/nowhere/edge7.crt'])
    expect(() => certificateFingerprint(wrong), wrong).toThrow(/INPUT_INVALID|certificate|fingerprint/)
})
