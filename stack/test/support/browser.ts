import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { tempDir } from '@waytrace/standard/testing'

/** A real Chromium without a window, steered over its debugging pipe. */
export interface Browser {
  /** Opens an address in a new page. */
  open(url: string): Promise<Page>
  close(): Promise<void>
}

export interface Page {
  /** Evaluates an expression in the page and gives back its JSON value; awaits promises. */
  evaluate<T>(expression: string): Promise<T>
}

interface Answer {
  id?: number
  result?: Record<string, unknown>
  error?: { message: string }
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
]

/** `language` is what the pages are told the user speaks, e.g. `zh-CN`. */
export function startBrowser(language: string): Browser {
  const flags = [...FLAGS, `--user-data-dir=${tempDir('chromium')}`, `--lang=${language}`, `--accept-lang=${language}`]
  // Chromium reads commands from descriptor 3 and answers on 4: JSON documents, each ended by a zero byte.
  const child = spawn('chromium', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
  const [commands, answers] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  const waiting = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>()
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let said = ''
  let sent = 0
  commands.on('error', () => {})
  answers.setEncoding('utf8')
  answers.on('data', (chunk: string) => {
    const documents = (said + chunk).split('\0')
    said = documents.pop() ?? ''
    for (const document of documents) {
      const { id = 0, result = {}, error } = JSON.parse(document) as Answer
      const asked = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) asked?.resolve(result)
      else asked?.reject(new Error(error.message))
    }
  })
  const gone = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  child.once('error', gone)
  child.once('close', (code) => gone(new Error(`chromium ended with ${code}`)))

  function ask(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      waiting.set(++sent, { resolve, reject })
      commands.write(`${JSON.stringify({ id: sent, method, params, ...(sessionId && { sessionId }) })}\0`)
    })
  }

  return {
    async open(url) {
      const { targetId } = await ask('Target.createTarget', { url })
      const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true })
      return {
        async evaluate<T>(expression: string): Promise<T> {
          const options = { expression, returnByValue: true, awaitPromise: true }
          const { result, exceptionDetails } = await ask('Runtime.evaluate', options, String(sessionId))
          if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
          return (result as { value: T }).value
        },
      }
    },
    async close() {
      child.kill()
      await exited
    },
  }
}
