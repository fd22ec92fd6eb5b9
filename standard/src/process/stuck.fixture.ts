import { createLog, runProcess } from './index.ts'

/** A process whose part never stops. */
const log = createLog('stuck', { level: 'silent' })
await runProcess(
  async ({ own }) => {
    await own('stuck', {
      stop() {
        process.stdout.write('stopping\n')
        return new Promise(() => {})
      },
    })
    process.stdout.write('running\n')
  },
  { log, graceMs: Number(process.argv[2]) },
)
