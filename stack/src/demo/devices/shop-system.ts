import { GS1_CONTEXT, OpsError, WT_NAMESPACE } from '@waytrace/standard'
import { type Clock, type Log, retry } from '@waytrace/standard/process'
import type { EpcisFact } from '../shop.ts'

/** The shop's order system: captures EPCIS documents over HTTP, one at a time, each until it is taken. */
export interface ShopSystem {
  tell(facts: readonly EpcisFact[]): void
  /** Resolves when everything told so far is captured. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const MOST_IN_DOCUMENT = 100

export function shopSystem(http: { url: string; token: string }, clock: Clock, log: Log): ShopSystem {
  const waiting: EpcisFact[] = []
  const stopping = new AbortController()
  let sending: Promise<void> | undefined

  async function drain() {
    while (waiting.length > 0 && !stopping.signal.aborted) {
      const facts = waiting.slice(0, MOST_IN_DOCUMENT)
      await retry(() => capture(facts), { clock, signal: stopping.signal, again: (error) => !isRefusal(error) })
      waiting.splice(0, facts.length)
    }
    sending = undefined
  }

  async function capture(eventList: readonly EpcisFact[]) {
    const document = {
      '@context': [GS1_CONTEXT, { wt: WT_NAMESPACE }],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: new Date(clock.now()).toISOString(),
      epcisBody: { eventList },
    }
    const response = await fetch(`${http.url}/epcis/capture`, {
      method: 'POST',
      headers: { authorization: `Bearer ${http.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(document),
      signal: stopping.signal,
    })
    if (response.ok) return
    const refused = response.status >= 400 && response.status < 500 && response.status !== 429
    throw new OpsError(
      refused ? 'INPUT_INVALID' : 'LINK_DOWN',
      `capture answered ${response.status}: ${await response.text()}`,
    )
  }

  return {
    tell(facts) {
      waiting.push(...facts)
      sending ??= drain().catch((err) => {
        sending = undefined
        if (!stopping.signal.aborted) log.error({ err }, 'the shop system stopped telling')
      })
    },
    async settled() {
      await sending
    },
    async stop() {
      stopping.abort()
      await sending
    },
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof OpsError && error.disposition === 'reject'
}
