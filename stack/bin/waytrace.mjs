#!/usr/bin/env node
/** The `waytrace` command: brings the build up to date when the sources are newer, then runs it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const main = join(root, 'stack/dist/main.js')
const stamp = join(root, 'stack/dist/.tsbuildinfo')
const packages = [
  'standard',
  'devices',
  'edge-agent',
  'broker',
  'store',
  'ingest',
  'correlator',
  'dashboards/server',
  'stack',
]

function newest(folder) {
  let time = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return time
}

const sources = packages.map((name) => join(root, name, 'src')).filter((folder) => existsSync(folder))
const built = existsSync(main) && existsSync(stamp) ? statSync(stamp).mtimeMs : 0
if (sources.some((folder) => newest(folder) > built)) {
  process.stderr.write('Building Waytrace (first start, or the sources changed) ...\n')
  const result = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0) process.exit(result.status ?? 1)
}
await import(main)
