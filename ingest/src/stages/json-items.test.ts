import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonItems, MAX_DEPTH } from './json-items.ts'

test('the items of an array are cut at its own commas only', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.constantFrom(undefined, 2), (values, indent) => {
      const items = jsonItems(Buffer.from(JSON.stringify(values, undefined, indent)))
      expect(items?.map((item) => JSON.parse(Buffer.from(item).toString()))).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('text that is no array is one item', () => {
  const text = Buffer.from('{"a":[1,2],"b":"],["}')
  expect(jsonItems(text)).toEqual([text])
})

test('text nested deeper than any event is refused', () => {
  const nested = (depth: number) => Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`)
  expect(jsonItems(nested(MAX_DEPTH))).toBeDefined()
  expect(jsonItems(nested(MAX_DEPTH + 1))).toBeUndefined()
})
