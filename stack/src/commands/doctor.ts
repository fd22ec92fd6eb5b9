import { systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { printJson, printTable, printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

const MARKS = { ok: 'ok', note: '-', act: 'ACT' } as const

export function doctorCommand(program: Command) {
  withSettings(
    program
      .command('doctor')
      .description('Look at everything that can be wrong here, also while it runs. Exit code 1: something needs doing.')
      .option('--json', 'print one JSON document'),
  ).action(async (options: { config?: string; data?: string; json?: boolean }) => {
    const { examine } = await import('../doctor/doctor.ts')
    const findings = await examine(() => settings(options), systemClock())
    const healthy = findings.every(({ state }) => state !== 'act')
    if (!healthy) process.exitCode = 1
    if (options.json === true) return printJson({ healthy, findings })
    const rows = findings.map(({ state, what, found, next }) => [MARKS[state], what, found, next ?? ''])
    printTable(['', 'what', 'found', 'what to do next'], rows)
    printText(healthy ? '\nNothing needs doing.' : '\nLines with ACT need doing.')
  })
}
