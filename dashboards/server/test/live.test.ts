import { encodeLogRecord } from '@waytrace/standard/journal'
import { objectEvent } from '@waytrace/standard/testing'
import { expect, it } from 'vitest'
import { testShell } from './shell.ts'

it('streams what is accepted from now on, resumes after the last id, and tells a page what it missed', async () => {
  const site = await testShell({ demo: true })
  try {
    const append = (n: number) =>
      site.acceptedLog.appendAll(
        Array.from({ length: n }, () =>
          encodeLogRecord({ receivedAt: 1, site: 'north', agent: 'floor', event: objectEvent() }),
        ),
      )
    await append(3)
    await site.shell.start()
    const { address } = site.shell
    const live = await follow(address)
    await append(2)
    expect(await live.until(2)).toEqual(['event 4', 'event 5'])
    const resumed = await follow(address, '3')
    expect(await resumed.until(2)).toEqual(['event 4', 'event 5'])
    await append(700)
    const late = await follow(address, '1')
    expect((await late.until(1))[0]).toMatch(/^gap \{"missed":\d+\}/)
    for (const page of [live, resumed, late]) page.stop()
  } finally {
    await site.close()
  }
})

async function follow(address: string, lastId?: string) {
  const abort = new AbortController()
  const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId }
  const response = await fetch(`${address}/api/live`, { headers, signal: abort.signal })
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const messages = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .flatMap((block) => {
        const name = /^event: (\w+)$/m.exec(block)?.[1]
        const id = /^id: (\d+)$/m.exec(block)?.[1]
        const data = /^data: (.*)$/m.exec(block)?.[1]
        return name === undefined ? [] : [`${name} ${name === 'gap' ? data : id}`]
      })
  while (!text.includes('\n\n')) text += (await reader.read()).value ?? ''
  return {
    stop: () => abort.abort(),
    async until(count: number) {
      while (messages().length < count) text += (await reader.read()).value ?? ''
      return messages().slice(0, count)
    },
  }
}
