import { describe, expect, it } from 'vitest'
import { NODES, nodeOfStep } from './lifecycle.ts'
import * as vocabulary from './vocabulary.ts'

describe('the vocabularies', () => {
  it.each([
    ['business steps', vocabulary.BIZ_STEPS, 41],
    ['dispositions', vocabulary.DISPOSITIONS, 33],
    ['business transaction types', vocabulary.BIZ_TRANSACTION_TYPES, 13],
    ['source and destination types', vocabulary.SOURCE_DEST_TYPES, 3],
    ['error reasons', vocabulary.ERROR_REASONS, 2],
    ['components', vocabulary.COMPONENTS, 14],
    ['measurement types', vocabulary.MEASUREMENT_TYPES, 72],
  ])('hold all %s of CBV 2.0, each once', (_, names, count) => {
    expect(new Set(names).size).toBe(count)
    expect(names).toHaveLength(count)
  })

  it('take their terms as bare names, CURIEs and URIs, and compare them as one', () => {
    for (const text of ['loading', 'cbv:BizStep-loading', 'https://ref.gs1.org/cbv/BizStep-loading']) {
      expect(vocabulary.isTerm('bizStep', text)).toBe(true)
      expect(vocabulary.bareTerm('bizStep', text)).toBe('loading')
      expect(nodeOfStep(text)).toBe('loaded')
    }
    expect(vocabulary.expandTerm('disposition', 'in_transit')).toBe('https://ref.gs1.org/cbv/Disp-in_transit')
    expect(vocabulary.bareTerm('bizStep', 'https://example.com/loading')).toBe('https://example.com/loading')
  })

  it.each([
    ['bizStep', 'urn:epcglobal:cbv:bizstep:loading'],
    ['bizStep', 'https://ns.gs1.org/cbv/BizStep-loading'],
    ['bizStep', 'in_transit'],
    ['bizStep', 'constructor'],
    ['measurement', 'https://gs1.org/voc/Temperature'],
    ['measurement', 'http://www.gs1.org/voc/Temperature'],
    ['exception', 'WARNING'],
    ['component', 'w'],
  ] as const)('of %s does not take %s', (name, text) => {
    expect(vocabulary.isTerm(name, text)).toBe(false)
  })

  it('has every step of the 13 nodes', () => {
    expect(NODES).toHaveLength(13)
    for (const { steps } of NODES) for (const step of steps) expect(vocabulary.isTerm('bizStep', step)).toBe(true)
  })
})
