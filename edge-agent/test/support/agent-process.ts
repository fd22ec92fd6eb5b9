import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { systemClock } from '@waytrace/standard/process'
import { createAgent } from '../../src/agent.ts'
import { checkAgentConfig } from '../../src/config.ts'
import { silentLog } from './agent-config.ts'

/** An agent in a process of its own, to be killed: `agent-process CONFIG.json DATADIR`. Answers lines on stdin. */
const [configFile = '', dataDir = ''] = process.argv.slice(2)
const config = checkAgentConfig(JSON.parse(readFileSync(configFile, 'utf8')))
const agent = createAgent(config, { clock: systemClock(), log: silentLog, dataDir })
const say = (line: string) => process.stdout.write(`${line}\n`)

await agent.start()
say(`ready ${JSON.stringify(agent.addresses())}`)
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stats') say(`stats ${JSON.stringify({ ...agent.stats(), rssAnonBytes: rssAnonBytes() })}`)
  if (line === 'stop') break
}
await agent.stop()
say('stopped')
process.exit(0)

/** Memory that is neither file nor shared: what the machine cannot take back. */
function rssAnonBytes(): number {
  const line = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return Number(line?.[1] ?? Number.NaN) * 1024
}
