import { readFileSync } from 'node:fs'
import { createAgent, parseAgentConfig } from '@waytrace/edge-agent'
import { OpsError } from '@waytrace/standard'
import { type ProcessScope, runProcess, systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { stderrLog } from '../parts/log.ts'
import { printText } from '../print.ts'

/** Ctrl-C ends the process within 5 s. */
const GRACE_MS = 4500

export function agentCommand(program: Command) {
  program
    .command('agent')
    .description('An edge agent: reads the devices of its agent.yaml and sends what they say to the broker.')
    .requiredOption('--config <agent.yaml>', 'its configuration; docs/generated/config.md describes every option')
    .option('--data <dir>', 'folder of the spool, instead of agent.dataDir')
    .option('--check', 'check the configuration and end')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')
    .action(({ config: file, data, check, logLevel }) => {
      const config = parseAgentConfig(read(file))
      if (data !== undefined) config.agent.dataDir = data
      if (check === true) return
      const log = stderrLog('agent', logLevel)
      // `performance.now` never jumps: beside the clock it shows when the clock does.
      const clock = { ...systemClock(), monotonic: () => performance.now() }
      const run = async (scope: ProcessScope) => {
        // A spool that failed is mended by a restart only: the supervisor's work.
        await scope.own('agent', createAgent(config, { clock, log, onFatal: scope.fail }))
        printText(`Agent is ready: ${config.agent.site}/${config.agent.agent} -> ${config.uplink.url}`)
      }
      return runProcess(run, { log, graceMs: GRACE_MS })
    })
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new OpsError('CONFIG_INVALID', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}
