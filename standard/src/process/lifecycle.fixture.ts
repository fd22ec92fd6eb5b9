import { z } from 'zod'
import { createLog, loadConfig, runProcess } from './index.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

// A process without any server: only the shell keeps it alive.
await runProcess(
  async ({ own }) => {
    loadConfig(z.strictObject({ port: z.int() }), { overrides: { port: process.argv[2] === 'wrong' ? 'x' : 1 } })
    await own('part', { stop: () => say('stopped') })
    say('ready')
  },
  { log: createLog('fixture', { level: 'silent' }) },
)
