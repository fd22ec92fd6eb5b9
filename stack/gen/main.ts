import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drivers } from '@waytrace/devices'
import { agentConfig } from '@waytrace/edge-agent'
import { ERRORS } from '@waytrace/standard'
import { configTable, envExample } from '@waytrace/standard/process'
import { z } from 'zod'
import { generateRegistry } from '../../devices/gen/registry.ts'
import { waytraceConfig } from '../src/config.ts'
import { printText } from '../src/print.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Everything that is printed from the code. `npm run gen` writes it; with `--check` a stale file is exit code 1. */
const files: Record<string, () => string> = {
  'devices/src/registry.generated.ts': generateRegistry,
  'docs/generated/errors.md': errorsPage,
  'docs/generated/config.md': configPage,
  'docs/generated/drivers.md': driversPage,
  '.env.example': () => envExample(waytraceConfig),
}

const check = process.argv.includes('--check')
const stale = Object.entries(files).filter(([name, text]) => read(name) !== text())
for (const [name, text] of check ? [] : stale) {
  mkdirSync(dirname(join(ROOT, name)), { recursive: true })
  writeFileSync(join(ROOT, name), text())
}
printText(
  stale.map(([name]) => `${check ? 'stale' : 'written'}: ${name}`).join('\n') || 'everything generated is fresh',
)
if (check && stale.length > 0) process.exitCode = 1

function read(name: string): string | undefined {
  try {
    return readFileSync(join(ROOT, name), 'utf8')
  } catch {
    return undefined
  }
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { disposition, meaning, doNext }]) => `| \`${code}\` | ${disposition} | ${meaning} | ${doNext} |`,
  )
  return [
    '# Errors',
    '',
    'Every failure has a code of this table. `reject`: the input is bad for good. `retry`: the world is bad for now, the',
    'data is kept. `fatal`: the process ends and is restarted.',
    '',
    '| code | disposition | what it means | what to do |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function configPage(): string {
  return [
    '# Configuration',
    '',
    'An option is taken from the configuration file, then from its environment variable, then from the command line.',
    'A key that nobody knows is an error, and every problem is named at once.',
    '',
    '## waytrace.yaml',
    '',
    configTable(waytraceConfig),
    '## agent.yaml',
    '',
    configTable(agentConfig),
  ].join('\n')
}

function driversPage(): string {
  const sections = Object.values(drivers)
    .sort((a, b) => (a.model < b.model ? -1 : 1))
    .flatMap(({ model, version, summary, integrity, options }) => [
      `## ${model} (${version})`,
      '',
      summary,
      '',
      integrity === 'checksum'
        ? 'The frame carries a checksum: a flipped bit is refused.'
        : 'The frame carries no checksum.',
      '',
      ...optionRows(options),
      '',
    ])
  return ['# Drivers', '', 'What `driver:` in agent.yaml and `waytrace decode --driver` take.', '', ...sections].join(
    '\n',
  )
}

function optionRows(options: z.ZodType): string[] {
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' })
  const rows = Object.entries(schema.properties ?? {}).map(([name, given]) => {
    const { description = '', default: fallback } = given as { description?: string; default?: unknown }
    return `| \`${name}\` | ${fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``} | ${description.replaceAll('|', '\\|')} |`
  })
  return rows.length === 0 ? ['No options.'] : ['| option | default | meaning |', '|---|---|---|', ...rows]
}
