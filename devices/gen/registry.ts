import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDERS = ['scanners', 'cold-chain', 'vehicles'] as const
const SRC = new URL('../src/', import.meta.url)
const TARGET = new URL('registry.generated.ts', SRC)

interface Source {
  folder: string
  name: string
}

/**
 * The text of `src/registry.generated.ts`: static imports of every `src/{scanners,cold-chain,vehicles}/<model>.ts` that
 * has a default export. A file is named after its driver's model, so two files of one name are an error here, and the
 * vector harness checks that file and `model` agree.
 */
export function generateRegistry(): string {
  const sources = FOLDERS.flatMap(driversIn).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const [i, { name, folder }] of sources.entries()) {
    const before = sources[i - 1]
    if (before?.name === name) throw new Error(`duplicate model ${name}: ${before.folder} and ${folder}`)
  }
  return `${[
    '// Written by `npm run gen` from the driver files. Do not edit.',
    "import type { Driver } from './driver.ts'",
    ...sources.map(({ folder, name }) => `import ${identifier(name)} from './${folder}/${name}.ts'`),
    '',
    '/** Every driver by its model. The options are checked by `parseOptions` before they reach `decode`. */',
    'export const drivers: Record<string, Driver<unknown>> = {',
    ...sources.map(({ name }) => `  ${key(name)}: ${identifier(name)} as Driver<unknown>,`),
    '}',
  ].join('\n')}\n`
}

/** The registry as it stands on disk; empty when there is none. */
export function writtenRegistry(): string {
  try {
    return readFileSync(TARGET, 'utf8')
  } catch {
    return ''
  }
}

function driversIn(folder: string): Source[] {
  return readdirSync(new URL(`${folder}/`, SRC))
    .filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
    .filter((file) => /^export default\b/m.test(readFileSync(new URL(`${folder}/${file}`, SRC), 'utf8')))
    .map((file) => ({ folder, name: file.slice(0, -'.ts'.length) }))
}

function identifier(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

function key(name: string): string {
  return /^[a-z]\w*$/.test(name) ? name : `'${name}'`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, generateRegistry())
