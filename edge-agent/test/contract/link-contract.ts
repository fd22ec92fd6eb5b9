import { systemClock } from '@waytrace/standard/process'
import { eventually, tempDir } from '@waytrace/standard/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { type LinkConfig, linkConfig } from '../../src/link-config.ts'
import { type LinkPorts, openLink } from '../../src/links/open-link.ts'
import { openLocalState } from '../../src/local-state.ts'
import type { Frame, Link } from '../../src/ports.ts'
import { silentLog } from '../support/agent-config.ts'

/** The device's side of a link, on a real peer. */
export interface Rig {
  config: object
  ports?: Partial<LinkPorts>
  /** The device says something that is one frame; resolves when it was told that it is taken, where it is told. */
  say(link: Link): Promise<void>
  /** What the link makes of it. */
  frame: string
  /** Takes the peer away and brings it back, where the link is the one that connects. */
  away?: () => Promise<void>
  back?: () => Promise<void>
  close(): Promise<void>
}

/** What every link promises, whatever it speaks. */
export function linkContract(name: string, open: () => Promise<Rig>): void {
  describe(`${name} link`, () => {
    const stops: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop()
    })

    async function connected(hold?: Promise<void>) {
      const rig = await open()
      stops.push(() => rig.close())
      const state = openLocalState(tempDir('link'))
      stops.push(() => state.close())
      const frames: Frame[] = []
      const states: string[] = []
      const config: LinkConfig = linkConfig.parse(rig.config)
      const link = openLink(config, {
        clock: systemClock(),
        log: silentLog,
        state,
        framing: undefined,
        maxFrameBytes: 65_536,
        unwrap: undefined,
        units: [],
        agent: 'wh1-edge1',
        ...rig.ports,
        events: {
          async frame(frame) {
            frames.push({ ...frame, bytes: Uint8Array.from(frame.bytes) })
            await hold
          },
          async bad() {},
          state: (now) => states.push(now),
          knows: () => true,
        },
      })
      stops.push(() => link.stop())
      await link.start()
      await eventually(() => states.at(-1) === 'up')
      return { rig, link, frames, states }
    }
    const text = ({ bytes }: Frame) => Buffer.from(bytes).toString('latin1')

    it('hands over what the device says, with the time of reception', async () => {
      const before = systemClock().now()
      const { rig, link, frames } = await connected()
      await rig.say(link)
      await eventually(() => frames.length > 0)
      expect(frames.map(text)).toContain(rig.frame)
      expect(frames[0]?.receivedAt).toBeGreaterThanOrEqual(before)
    })

    it('emits nothing after stop, and may be stopped twice', async () => {
      const { rig, link, frames, states } = await connected()
      await link.stop()
      const { length } = frames
      const told = states.length
      await rig.say(link).catch(() => undefined)
      await link.stop()
      expect(frames).toHaveLength(length)
      expect(states).toHaveLength(told)
    })

    it('comes back by itself when the peer was away', async () => {
      const { rig, link, frames, states } = await connected()
      // A link that listens has no peer of its own to lose.
      if (rig.away === undefined) return
      await rig.away()
      await eventually(() => states.at(-1) === 'down')
      await rig.back?.()
      await eventually(() => states.at(-1) === 'up', { timeoutMs: 40_000 })
      const { length } = frames
      await rig.say(link)
      await eventually(() => frames.length > length)
    })
  })
}
