/** A name to publish on: no wildcards, no NUL, not the broker's own `$...` (MQTT 3.1.1, 4.7). */
export function isTopicName(text: string): boolean {
  return text !== '' && !/[+#\0]/.test(text) && !text.startsWith('$')
}

/** Whether every topic that `asked` matches is matched by `allowed` too. */
export function coversFilter(allowed: string, asked: string): boolean {
  if (asked.startsWith('$') !== allowed.startsWith('$')) return false
  const may = allowed.split('/')
  const want = asked.split('/')
  for (const [i, part] of may.entries()) {
    if (part === '#') return true
    const level = want[i]
    if (level === undefined || level === '#' || (part !== '+' && part !== level)) return false
  }
  return want.length === may.length
}

/** MQTT topic filter matching, `+` and `#` (MQTT 3.1.1, 4.7). */
export function matchesFilter(filter: string, topic: string): boolean {
  if (topic.startsWith('$') !== filter.startsWith('$')) return false
  const want = filter.split('/')
  const have = topic.split('/')
  for (const [i, part] of want.entries()) {
    if (part === '#') return true
    if (i >= have.length || (part !== '+' && part !== have[i])) return false
  }
  return want.length === have.length
}
