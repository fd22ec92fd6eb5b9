import { tempDir } from '@waytrace/standard/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openKnowledge } from './knowledge.ts'

const wanted = {
  site: 'wh1',
  agent: 'edge1',
  kind: 'agent' as const,
  sourceUrn: 'urn:epc:id:giai:9521321.EDGE1',
  devices: { probe1: { urn: 'urn:epc:id:giai:9521321.PROBE1', kind: 'sensor' } },
}

async function identities() {
  const known = await openKnowledge(tempDir('identities'))
  onTestFinished(() => known.close())
  return known.identities
}

test('enrolment makes a password once and keeps only its hash', async () => {
  const book = await identities()
  const { enrolment, password } = await book.enrol(wanted)
  expect(password).toMatch(/^[\w-]{24}$/)
  expect(JSON.stringify(book.list())).not.toContain(password)
  expect(enrolment.devices.self).toEqual({ urn: wanted.sourceUrn, kind: 'agent' })
  expect((await book.enrol({ ...wanted, devices: {} })).password).toBeUndefined()
  expect(await book.authenticate('wh1/edge1', password ?? '')).toMatchObject({ agent: 'edge1', devices: { self: {} } })
})

test('refuses wrong passwords, unknown names and names of other kinds', async () => {
  const book = await identities()
  await book.enrol({ ...wanted, password: 'right' })
  expect(await book.authenticate('wh1/edge1', 'wrong')).toBeUndefined()
  expect(await book.authenticate('wh1/edge2', 'right')).toBeUndefined()
  expect(await book.authenticate('__proto__', 'right')).toBeUndefined()
  expect(await book.authenticate('wh1/edge1', 'right')).toBeDefined()
})

test('a new password, a revocation and another enrolment end what was verified before', async () => {
  const book = await identities()
  await book.enrol({ ...wanted, password: 'first' })
  expect(await book.authenticate('wh1/edge1', 'first')).toBeDefined()
  const { password } = await book.enrol({ ...wanted, newPassword: true })
  expect(await book.authenticate('wh1/edge1', 'first')).toBeUndefined()
  expect(await book.authenticate('wh1/edge1', password ?? '')).toBeDefined()
  await book.revoke('wh1', 'edge1', 1)
  expect(await book.authenticate('wh1/edge1', password ?? '')).toBeUndefined()
})

test('a thousand reconnects of one agent derive its password once', async () => {
  const book = await identities()
  await book.enrol({ ...wanted, password: 'right' })
  const answers = await Promise.all(Array.from({ length: 1000 }, () => book.authenticate('wh1/edge1', 'right')))
  expect(answers.every((answer) => answer !== undefined)).toBe(true)
})

test('a client certificate stands for its agent until it is changed or revoked', async () => {
  const book = await identities()
  await book.enrol({ ...wanted, certificate: 'ab:cd' })
  expect(book.byCertificate('ab:cd')).toMatchObject({ agent: 'edge1' })
  expect(book.byCertificate('ef')).toBeUndefined()
  await book.enrol({ ...wanted, certificate: 'ef' })
  expect(book.byCertificate('ab:cd')).toBeUndefined()
  await book.revoke('wh1', 'edge1', 1)
  expect(book.byCertificate('ef')).toBeUndefined()
})
