import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from './places.ts'

/** A certificate for 127.0.0.1 with its key: as PEM text, and the files they lie in. */
export interface TestCertificate {
  key: string
  cert: string
  files: { keyFile: string; certFile: string }
}

/** Makes one with `openssl`: self-signed, or signed by another one. */
export function certificate(name: string, authority?: TestCertificate): TestCertificate {
  const folder = tempDir('tls')
  const keyFile = join(folder, `${name}.key`)
  const certFile = join(folder, `${name}.crt`)
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const by = authority === undefined ? [] : ['-CA', authority.files.certFile, '-CAkey', authority.files.keyFile]
  const end = authority === undefined ? [] : ['-addext', 'basicConstraints=CA:FALSE']
  const args = [
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    keyFile,
    '-out',
    certFile,
    '-days',
    '2',
    ...subject,
    ...by,
    ...end,
  ]
  execFileSync('openssl', args, { stdio: 'ignore' })
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), files: { keyFile, certFile } }
}
