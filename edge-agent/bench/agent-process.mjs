// The agent as it is shipped, in a process of its own: `agent-process.mjs CONFIG.json DATADIR`. The TypeScript loader
// alone takes 40 MiB, which no installed agent has.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { checkAgentConfig, createAgent } from '@waytrace/edge-agent'
import { systemClock } from '@waytrace/standard/process'

const [configFile, dataDir] = process.argv.slice(2)
const config = checkAgentConfig(JSON.parse(readFileSync(configFile, 'utf8')))
const agent = createAgent(config, { clock: systemClock(), log: { info() {}, warn() {}, error() {} }, dataDir })
await agent.start()
process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') break
  const anon = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  process.stdout.write(`stats ${JSON.stringify({ ...agent.stats(), rssAnonBytes: Number(anon) * 1024 })}\n`)
}
await agent.stop()
process.exit(0)
