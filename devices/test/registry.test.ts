import { expect, it } from 'vitest'
import { generateRegistry, writtenRegistry } from '../gen/registry.ts'

it('the registry on disk is what the generator writes', () => {
  expect(writtenRegistry()).toBe(generateRegistry())
})
