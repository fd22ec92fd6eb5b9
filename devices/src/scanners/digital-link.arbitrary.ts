import * as fc from 'fast-check'
import { digitalLink } from './gs1/digital-link-uri.ts'
import { labels } from './gs1/labels.arbitrary.ts'
import { gs1Scan } from './gs1/symbol.ts'

const context = { receivedAt: Date.UTC(2026, 5, 1) }

/** Web addresses of labels, on hosts of several kinds. */
export const arbitrary = fc
  .tuple(labels, fc.constantFrom('https://id.gs1.org', 'http://example.com:8080', 'HTTPS://EXAMPLE.COM/a/b'))
  .map(([elements, stem]) => {
    const data = digitalLink(elements, stem)
    return { observations: [gs1Scan({ at: context.receivedAt, data }, elements)], context }
  })
