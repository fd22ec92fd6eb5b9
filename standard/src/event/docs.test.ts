import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { isEpcis } from './envelope.ts'
import { toEpcisEvent } from './epcis-export.ts'
import { parseGatewayTopic } from './gateway-topics.ts'
import { parseNotice } from './notices.ts'
import { parseEvent } from './parse-event.ts'
import { agentMayPublish, parseTopic } from './topics.ts'

const page = (name: string) => readFileSync(new URL(`../../../docs/formats/${name}`, import.meta.url), 'utf8')
const block = (text: string, language: string, nth = 0) =>
  [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)].filter(([, lang]) => lang === language)[nth]?.[2] ?? ''

it('the example of docs/formats/event.md is an event, and exports as the page says', () => {
  const text = page('event.md')
  const event = parseEvent(block(text, 'json', 0))
  if (!isEpcis(event)) throw new Error('not an EPCIS event')
  expect(toEpcisEvent(event)).toEqual(JSON.parse(block(text, 'json', 1)))
})

it('every topic in the example of docs/formats/topics.md is one, and the agent may publish what the page says', () => {
  const rows = block(page('topics.md'), 'text')
    .trim()
    .split('\n')
    .map((line) => line.split(/\s{2,}/))
  expect(rows.length).toBeGreaterThan(10)
  for (const [topic = '', who] of rows) {
    expect(parseTopic(topic) ?? parseNotice(topic) ?? parseGatewayTopic(topic), topic).toBeDefined()
    expect(agentMayPublish({ site: 'wh1', agent: 'edge1' }, topic), topic).toBe(who === 'agent')
  }
})
