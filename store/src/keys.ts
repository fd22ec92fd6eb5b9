import { createHash } from 'node:crypto'

/** LMDB refuses keys over 1,978 bytes; a key holds up to three of these. */
const MAX_KEY_TEXT = 400
/** Separates the parts of a text key; `keyText` never contains it. */
export const KEY_SEPARATOR = '\t'

/**
 * A text as part of a key. Long ones and ones with control characters keep their beginning and get a digest: no event
 * may break a store by an odd id.
 */
export function keyText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const odd = /[\u0000-\u001f]/.test(text)
  if (!odd && (text.length <= MAX_KEY_TEXT / 4 || Buffer.byteLength(text) <= MAX_KEY_TEXT)) return text
  const digest = createHash('sha256').update(text).digest('hex')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return `${text.slice(0, 80).replace(/[\u0000-\u001f]/g, '')}#${digest}`
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
