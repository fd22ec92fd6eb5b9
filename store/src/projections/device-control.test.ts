import type { WaytraceEvent } from '@waytrace/standard'
import { exampleTime, objectEvent, tempDir } from '@waytrace/standard/testing'
import { expect, onTestFinished, test } from 'vitest'
import { accept } from '../contract/store-contract.ts'
import { openKnowledge } from '../knowledge.ts'
import type { AcceptedEvent } from '../ports.ts'

const PROBE = 'urn:epc:id:giai:9521321.PROBE7'
const OTHER = 'urn:epc:id:giai:9521321.PROBE8'

async function known() {
  const knowledge = await openKnowledge(tempDir('control'))
  onTestFinished(() => knowledge.close())
  let position = 0
  return {
    control: knowledge.control,
    apply: (...facts: Pick<WaytraceEvent, 'type' | 'data'>[]) =>
      knowledge.projection.apply(
        facts.map((fact): AcceptedEvent => {
          position += 1
          const { type: _, data: __, deviceid: ___, ...envelope } = objectEvent({ time: exampleTime(position) })
          return accept(position, { ...envelope, ...fact } as WaytraceEvent)
        }),
      ),
  }
}

type Command = 'sent' | 'answered' | 'expired'
const command = (commandId: string, state: Command, device = PROBE, more: object = {}) => ({
  type: 'waytrace.command.v1' as const,
  data: { commandId, device, verb: 'ping', state, ...more },
})
const config = (version: number, max: number, device = PROBE) => ({
  type: 'waytrace.config.v1' as const,
  data: { device, version, settings: { limits: [{ kind: 'temperature' as const, max }] } },
})
const applied = (version: number, device = PROBE) => ({
  type: 'waytrace.health.v1' as const,
  deviceid: device,
  data: { state: 'ok' as const, presence: 'ready', config: version },
})

test('a command has one end; what was carried out counts, also after it was given up', async () => {
  const { control, apply } = await known()
  await apply(command('a', 'sent'), command('b', 'sent'), command('c', 'sent'), command('a', 'answered'))
  await apply(command('b', 'expired'), command('b', 'expired'), command('c', 'expired'), command('a', 'expired'))
  await apply(command('c', 'answered', PROBE, { answer: { ok: true } }), command('never-sent', 'answered'))
  const { items } = control.commands(PROBE, { limit: 10 })
  expect(items.map(({ commandId, state }) => [commandId, state])).toEqual([
    ['c', 'answered'],
    ['b', 'expired'],
    ['a', 'answered'],
  ])
  expect(control.command('c')).toMatchObject({ answer: { ok: true } })
})

test('nobody answers for another device', async () => {
  const { control, apply } = await known()
  await apply(command('a', 'sent'), command('a', 'answered', OTHER))
  expect(control.command('a')?.state).toBe('sent')
})

test('commands come page by page, newest first, and old ones are forgotten one for one', async () => {
  const { control, apply } = await known()
  await apply(...Array.from({ length: 510 }, (_, i) => command(`c${i}`, 'sent')), command('x', 'sent', OTHER))
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = control.commands(PROBE, { limit: 99, after })
    ids.push(...page.items.map(({ commandId }) => commandId))
    after = page.next
  } while (after !== undefined)
  expect(ids).toEqual(Array.from({ length: 500 }, (_, i) => `c${509 - i}`))
  expect(control.command('c9')).toBeUndefined()
  expect(control.command('x')?.device).toBe(OTHER)
})

test('the newest settings count, changes are told from a number on, and the agent says what it applies', async () => {
  const { control, apply } = await known()
  await apply(config(1, 8), config(1, 5, OTHER), config(2, 9), applied(1), applied(7, 'urn:epc:id:giai:9521321.X'))
  expect(control.settings(PROBE)).toMatchObject({
    version: 2,
    settings: { limits: [{ kind: 'temperature', max: 9 }] },
    acknowledged: { version: 1 },
  })
  expect(control.changedSettings(0).map(({ device, version }) => [device, version])).toEqual([
    [OTHER, 1],
    [PROBE, 2],
  ])
  expect(control.changedSettings(2).map(({ device }) => device)).toEqual([PROBE])
  expect(control.changedSettings(3)).toEqual([])
  await apply(applied(2))
  expect(control.settings(PROBE)?.acknowledged?.version).toBe(2)
})
