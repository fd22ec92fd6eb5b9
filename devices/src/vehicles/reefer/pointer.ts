const TOKEN = /^(?:\/(?:[^~/]|~0|~1)*)*$/

/** Whether a text is a JSON Pointer (RFC 6901); the empty one names the whole document. */
export function isPointer(text: string): boolean {
  return TOKEN.test(text)
}

/** The value a pointer names; undefined when there is none. Names of prototypes are never followed. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document
  for (const token of tokens(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined
    value = (value as Record<string, unknown>)[token]
  }
  return value
}

/** Puts a value where a pointer names it, making the objects on the way. */
export function putAt(document: Record<string, unknown>, pointer: string, value: unknown): void {
  const path = tokens(pointer)
  const last = path.pop()
  if (last === undefined) return
  let place = document
  for (const token of path) {
    const next = Object.hasOwn(place, token) ? place[token] : undefined
    const child = (typeof next === 'object' && next !== null ? next : {}) as Record<string, unknown>
    define(place, token, child)
    place = child
  }
  define(place, last, value)
}

/** As own property even for `__proto__`, which plain assignment would swallow. */
function define(place: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true })
}

function tokens(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}
