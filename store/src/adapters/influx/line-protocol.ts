/** A field as the schema states it: integers are marked, because the first write of a shard fixes the type. */
export type Field = string | boolean | { integer: number } | { float: number }

/**
 * One point as a line. Tags with no value are left out (an empty tag is refused); a line without a field is a bug of
 * the schema. `timestamp` in ns, as text: it exceeds 2^53.
 */
export function line(
  measurement: string,
  tags: Record<string, string | undefined>,
  fields: Record<string, Field | undefined>,
  timestamp: string,
): string {
  let text = measurement
  // Tags in name order: InfluxDB sorts them anyway, and 3.x fixes the order of the first write.
  for (const name of Object.keys(tags).sort()) {
    const value = tags[name]
    if (value !== undefined && value !== '') text += `,${name}=${escapeTag(tagText(value))}`
  }
  let separator = ' '
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    text += `${separator}${name}=${fieldText(value)}`
    separator = ','
  }
  return `${text} ${timestamp}`
}

/** What a tag can hold: no control characters, no backslash at the end. Queries pass what they look for through it. */
export function tagText(value: string): string {
  const plain = noControls(value)
  return plain.endsWith('\\') ? `${plain}_` : plain
}

/** What a string field holds: one line. Queries pass what they look for through it. */
export function noControls(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return value.replace(/[\u0000-\u001f]/g, ' ')
}

/**
 * The timestamp of a point: its milliseconds, then six digits of the writer's running point number. So the hundred
 * points of one departure never overwrite one another, and a repeated batch writes the same points.
 */
export function pointTime(ms: number, number: number): string {
  const tail = number % 1_000_000
  return ms > 0
    ? `${Math.floor(ms)}${String(tail).padStart(6, '0')}`
    : String(BigInt(Math.floor(ms)) * 1_000_000n + BigInt(tail))
}

function escapeTag(value: string): string {
  return /[ ,=]/.test(value) ? value.replace(/[ ,=]/g, '\\$&') : value
}

function fieldText(value: Field): string {
  if (typeof value === 'string') return `"${noControls(value).replace(/["\\]/g, '\\$&')}"`
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if ('integer' in value) return `${Math.trunc(value.integer)}i`
  return String(value.float)
}
