import { readFileSync } from 'node:fs'
import { parseEvent } from '../src/event/index.ts'

export interface Measurement {
  name: string
  value: number
  unit: string
}

/** Events a second on one core: JSON.parse alone (the floor) and the whole of `parseEvent`, on a reading with alarm. */
export function benchValidate(seconds = 1): Measurement[] {
  const page = readFileSync(new URL('../../docs/formats/event.md', import.meta.url), 'utf8')
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const text = JSON.stringify(JSON.parse(example))
  const bytes = new TextEncoder().encode(text)
  return [
    { name: 'JSON.parse alone', value: rate(() => JSON.parse(text), seconds), unit: 'events/s' },
    { name: 'parseEvent of text', value: rate(() => parseEvent(text), seconds), unit: 'events/s' },
    { name: 'parseEvent of bytes', value: rate(() => parseEvent(bytes), seconds), unit: 'events/s' },
  ]
}

function rate(work: () => unknown, seconds: number): number {
  const round = 1000
  for (let i = 0; i < 5 * round; i++) work()
  const start = performance.now()
  let done = 0
  do {
    for (let i = 0; i < round; i++) work()
    done += round
  } while (performance.now() - start < seconds * 1000)
  return Math.round((done * 1000) / (performance.now() - start))
}
