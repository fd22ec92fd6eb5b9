/** What a GS1 Digital Link leaves unescaped in a value (GS1 Digital Link URI Syntax, table of characters to escaped). */
const PLAIN = /[^A-Za-z0-9\-._;='~]/g
/** What an EPC URI escapes (EPC Tag Data Standard, 6.3: the GS3A3 component). */
const EPC_ESCAPED = /["#%&/<>?]/g

const escaped = (char: string) => `%${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`

export function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text)
}

/** Undoes percent escapes; undefined when one is broken or not ASCII (GS1 values are). */
export function readPercent(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    const plain = decodeURIComponent(text)
    return isAscii(plain) ? plain : undefined
  } catch {
    return undefined // a broken escaped: not a GS1 value, which is an answer and not a failure
  }
}

/** A value as a path segment of a Digital Link. */
export function writePercent(text: string): string {
  return text.replace(PLAIN, (char) => (isAscii(char) ? escaped(char) : encodeURIComponent(char)))
}

/** A value as a component of an EPC URI. */
export function writeEpcPercent(text: string): string {
  return text.replace(EPC_ESCAPED, escaped)
}
