import { type Clock, type Log, type ProcessScope, runProcess, systemClock } from '@waytrace/standard/process'
import type { WaytraceConfig } from '../config.ts'
import { type DataFolder, openDataFolder } from '../data-folder.ts'
import { stderrLog } from './log.ts'

export interface PartProcess {
  scope: ProcessScope
  folder: DataFolder
  clock: Clock
  log: Log
}

/** Runs one part of the centre as a process: opens the data folder, starts what `body` owns, closes the folder last. */
export function runPart(name: string, config: WaytraceConfig, body: (process: PartProcess) => Promise<void>) {
  const log = stderrLog(name, config.logLevel)
  const clock = systemClock()
  const run = async (scope: ProcessScope) => {
    const folder = await openDataFolder(config, clock)
    scope.onStop('data folder', () => folder.close())
    await body({ scope, folder, clock, log })
  }
  return runProcess(run, { log, graceMs: config.stopSeconds * 1000 })
}
