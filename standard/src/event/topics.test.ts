import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryAgent, arbitraryDevice, arbitrarySlug } from '../testing/index.ts'
import { gatewayFilter, gatewayMayPublish, parseGatewayTopic } from './gateway-topics.ts'
import { formatNotice, type Notice, parseNotice } from './notices.ts'
import { coversFilter, isTopicName, matchesFilter } from './topic-filters.ts'
import * as topics from './topics.ts'

const arbitraryTopic: fc.Arbitrary<topics.Topic> = fc
  .record({
    address: arbitraryDevice,
    verb: arbitrarySlug,
    stream: fc.constantFrom(...topics.STREAMS),
    which: fc.nat(6),
  })
  .map(({ address, verb, stream, which }) => {
    const { site, agent } = address
    const all: topics.Topic[] = [
      { what: 'event', stream, ...address },
      { what: 'status', ...address },
      { what: 'batch', site, agent },
      { what: 'ack', site, agent },
      { what: 'config', ...address },
      { what: 'command', verb, ...address },
      { what: 'answer', verb, ...address },
    ]
    return all[which] as topics.Topic
  })
const arbitraryNotice: fc.Arbitrary<Notice> = fc
  .record({ site: arbitrarySlug, key: arbitrarySlug, which: fc.nat(2) })
  .map(({ site, key, which }) => {
    const all: Notice[] = [
      { what: 'dead-letter', site, reason: key },
      { what: 'alert', site, severity: key },
      { what: 'route', site, decision: key },
    ]
    return all[which] as Notice
  })
const me = { site: 'wh1', agent: 'edge1' }

describe('topics', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(arbitraryTopic, (topic) => void expect(topics.parseTopic(topics.formatTopic(topic))).toEqual(topic)),
    )
    fc.assert(fc.property(arbitraryNotice, (notice) => void expect(parseNotice(formatNotice(notice))).toEqual(notice)))
  })

  it('that parse are the text they were parsed from', () => {
    const near = fc.oneof(
      fc.string(),
      arbitraryTopic.map(topics.formatTopic),
      fc
        .tuple(arbitraryTopic.map(topics.formatTopic), fc.nat(60), fc.string({ maxLength: 3 }))
        .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1)),
    )
    fc.assert(
      fc.property(near, (text) => {
        const topic = topics.parseTopic(text)
        if (topic !== undefined) expect(topics.formatTopic(topic)).toBe(text)
        const notice = parseNotice(text)
        if (notice !== undefined) expect(formatNotice(notice)).toBe(text)
      }),
    )
  })

  it('have at most 8 levels', () => {
    fc.assert(fc.property(arbitraryTopic, (topic) => topics.formatTopic(topic).split('/').length <= 8))
  })

  it.each(['+', '#', 'a/b', '', 'A', 'ä', 'x'.repeat(33), '_dlq', 'a\u0000'])(
    'are not built with the name %j',
    (name) => {
      const address = { ...me, kind: 'scanner', device: 's1' }
      const forbidden = expect.objectContaining({ code: 'TOPIC_FORBIDDEN' })
      expect(() => topics.formatTopic({ what: 'status', ...address, site: name })).toThrow(forbidden)
      expect(() => topics.formatTopic({ what: 'status', ...address, device: name })).toThrow(forbidden)
      expect(() => topics.formatTopic({ what: 'command', ...address, verb: name })).toThrow(forbidden)
      expect(() => formatNotice({ what: 'alert', site: name, severity: 'error' })).toThrow(forbidden)
      expect(() => gatewayFilter('wh1', name)).toThrow(forbidden)
      expect(() => topics.sharedFilters(name)).toThrow(forbidden)
    },
  )
})

describe('what an agent may do', () => {
  it('is bounded by its own prefix', () => {
    fc.assert(
      fc.property(arbitraryAgent, arbitraryTopic, (address, topic) => {
        const own = topic.site === address.site && topic.agent === address.agent
        const text = topics.formatTopic(topic)
        if (!own) expect(topics.agentMayPublish(address, text)).toBe(false)
        const mine = topics.formatTopic({ ...topic, ...address })
        const up = ['event', 'status', 'batch', 'answer'].includes(topic.what)
        expect(topics.agentMayPublish(address, mine)).toBe(up)
      }),
    )
  })

  it.each([
    'wt/v1/wh1/edge2/scanner/s1/evt/scan',
    'wt/v1/wh1/edge1/+/s1/evt/scan',
    'wt/v1/wh1/edge1/#',
    'wt/v1/wh1/edge1/scanner/s1/cmd/reboot',
    'wt/v1/wh1/edge1/scanner/s1/cfg',
    'wt/v1/wh1/edge1/agent/self/ack',
    'wt/v1/wh1/edge1/scanner/s1/batch',
    'wt/v1/wh1/edge1/scanner/s1/evt/scan/more',
    'wt/v1/wh1/edge1/scanner/s1/evt/gossip',
    'wt/v1/wh1/edge1/../edge2/evt/scan',
    'wt/v1/_dlq/wh1/identity-mismatch',
    'wt/v1/_alert/wh1/error',
    '$SYS/broker/uptime',
    '$share/x/wt/v1/wh1/edge1/scanner/s1/evt/scan',
    'gw/wh1/edge1/x',
    '',
  ])('is not to publish on %j', (topic) => {
    expect(topics.agentMayPublish(me, topic)).toBe(false)
  })

  it.each([
    '#',
    '+/+/+/+/+/+/cmd/+',
    '$SYS/#',
    'wt/v1/#',
    'wt/v1/wh1/edge1/#',
    'wt/v1/wh1/+/+/+/cmd/+',
    'wt/v1/wh1/edge2/+/+/cmd/+',
    'wt/v1/wh1/edge1/+/+/cmd/#',
    '$share/x/wt/v1/wh1/edge1/+/+/cmd/+',
    'wt/v1/wh1/edge1/scanner/s1/evt/scan',
  ])('is not to subscribe to %j', (filter) => {
    expect(topics.agentMaySubscribe(me, filter)).toBe(false)
  })

  it.each([...topics.agentSubscriptions(me), 'wt/v1/wh1/edge1/scanner/s1/cmd/+', 'wt/v1/wh1/edge1/agent/self/ack'])(
    'is to subscribe to %j',
    (filter) => {
      expect(topics.agentMaySubscribe(me, filter)).toBe(true)
    },
  )
})

describe('gateways', () => {
  it('may publish below their prefix, and nowhere else', () => {
    expect(gatewayMayPublish('wh1', 'ruuvi-1', 'gw/wh1/ruuvi-1/AA:BB:CC/data')).toBe(true)
    for (const topic of ['gw/wh1/ruuvi-1/', 'gw/wh1/ruuvi-2/x', 'gw/wh1/ruuvi-1/+', 'gw/wh1/ruuvi-1/#', 'wt/v1/wh1'])
      expect(gatewayMayPublish('wh1', 'ruuvi-1', topic)).toBe(false)
    expect(gatewayMayPublish('wh1', '+', 'gw/wh1/+/x')).toBe(false)
  })

  it('are found again from the topic', () => {
    const topic = 'gw/wh1/ruuvi-1/AA:BB:CC/data'
    expect(parseGatewayTopic(topic)).toEqual({ site: 'wh1', gateway: 'ruuvi-1', rest: 'AA:BB:CC/data' })
    expect(matchesFilter(gatewayFilter('wh1', 'ruuvi-1'), topic)).toBe(true)
    expect(parseGatewayTopic('gw/wh1/ruuvi-1')).toBeUndefined()
    expect(parseGatewayTopic('gw/wh1/ruuvi-1/a/#')).toBeUndefined()
  })
})

describe('filters', () => {
  it.each([
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/+', 'a', false],
    ['+/b', '/b', true],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a/b', 'a/b/c', false],
  ])('%s against %s', (filter, topic, expected) => {
    expect(matchesFilter(filter, topic)).toBe(expected)
  })

  it('that cover another match whatever it matches', () => {
    const level = fc.constantFrom('a', 'b', '+')
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'))
    const topic = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 }).map((list) => list.join('/'))
    fc.assert(
      fc.property(filter, filter, topic, (allowed, asked, name) => {
        fc.pre(coversFilter(allowed, asked) && matchesFilter(asked, name))
        expect(matchesFilter(allowed, name)).toBe(true)
      }),
    )
  })

  it('of ingest take every event of every agent, shared or not', () => {
    fc.assert(
      fc.property(arbitraryTopic, (topic) => {
        const text = topics.formatTopic(topic)
        const taken = topics.INGEST_FILTERS.some((filter) => matchesFilter(filter, text))
        expect(taken).toBe(['event', 'batch', 'status', 'answer'].includes(topic.what))
      }),
    )
    expect(topics.sharedFilters()[0]).toBe('$share/ingest/wt/v1/+/+/+/+/evt/+')
  })

  it('are no names to publish on', () => {
    for (const text of ['', 'a/+', 'a/#', '$SYS/x', 'a\u0000b']) expect(isTopicName(text)).toBe(false)
    expect(isTopicName('a/b')).toBe(true)
  })
})
