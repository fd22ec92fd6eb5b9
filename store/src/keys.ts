import { createHash } from 'node:crypto'

/** LMDB refuses keys over 1,978 bytes; a key holds up to three of these. */
const MAX_KEY_TEXT = 400

/** A text as part of a key. Longer ones keep their beginning and get a digest: no event may break a store by a long id. */
export function keyText(text: string): string {
  if (text.length <= MAX_KEY_TEXT / 4 || Buffer.byteLength(text) <= MAX_KEY_TEXT) return text.replaceAll('\0', '\u2400')
  const digest = createHash('sha256').update(text).digest('hex')
  return `${text.slice(0, 80).replaceAll('\0', '\u2400')}#${digest}`
}

/** FNV-1a, 32 bits, over the UTF-8 bytes. */
export function fnv1a(text: string, basis = 0x811c9dc5): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) hash = Math.imul(hash ^ code, 0x01000193)
    else return fnv1aBytes(Buffer.from(text), basis)
  }
  return hash >>> 0
}

function fnv1aBytes(bytes: Uint8Array, basis: number): number {
  let hash = basis
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
