import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { centreIntake, openJournal } from '@waytrace/standard/journal'
import { createLog, systemClock } from '@waytrace/standard/process'
import { tempDir } from '@waytrace/standard/testing'
import { deviceRoutes, embeddedStore, epcisRoutes, openKnowledge, storeRoutes } from '@waytrace/store'
import { createHttpShell, type HttpConfig, httpConfig, openUsers } from '../src/index.ts'

/** The whole shell on a data folder of its own, routes of the store included; nothing is doubled. Caller closes. */
export async function testShell(given: Partial<HttpConfig> = {}) {
  const dir = tempDir('shell')
  const clock = systemClock()
  const limits = { maxBytes: 64 * 2 ** 20, reserveBytes: 0, onFull: 'wait' } as const
  const rawJournal = openJournal({ path: join(dir, 'journal'), ...limits })
  const acceptedLog = openJournal({ path: join(dir, 'log'), ...limits })
  const knowledge = await openKnowledge(join(dir, 'store'))
  const events = embeddedStore(join(dir, 'store'))
  const users = openUsers(join(dir, 'users'), clock)
  const intake = (part: string) => centreIntake(rawJournal, { deployment: 'test', part }, clock)
  const shell = await createHttpShell(httpConfig.parse({ port: 0, ...given }), {
    users,
    clock,
    log: createLog('test', { level: 'silent' }),
    health: () => [{ name: 'ingest', state: 'ok', reasons: [], figures: { accepted: 0 } }],
    metrics: () => '# nothing\n',
    ready: () => true,
    acceptedLog,
    identities: knowledge.identities,
    intake: intake('http'),
    domains: [
      storeRoutes({ knowledge, events, rawJournal, clock }),
      deviceRoutes({ knowledge, intake: intake('devices'), clock }),
      epcisRoutes({ events, intake: intake('capture'), clock }),
    ],
    webRoot: fileURLToPath(new URL('../../web', import.meta.url)),
  })
  return {
    shell,
    app: shell.app,
    users,
    rawJournal,
    acceptedLog,
    knowledge,
    events,
    async close() {
      await shell.stop()
      await users.close()
      await events.close()
      await knowledge.close()
      await acceptedLog.close()
      await rawJournal.close()
    },
  }
}
