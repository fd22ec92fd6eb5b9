import { readFileSync } from 'node:fs'
import { LineCounter, parse, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Issue, OpsError } from '../event/errors.ts'
import { type ConfigNode, configLeaves, configNode, ENV_PREFIX, unknownKeys } from './config-schema.ts'

export interface ConfigSources {
  /** A YAML file. */
  file?: string
  /** Environment variables: `WAYTRACE_HTTP_PORT` for `http.port`, or the name a field gives as `.meta({ env })`. */
  env?: Readonly<Record<string, string | undefined>>
  /** Variables with our prefix that another part of the same machine reads. */
  otherEnv?: readonly string[]
  /** From the command line: nested as the schema; `undefined` means not given. */
  overrides?: Readonly<Record<string, unknown>>
}

/**
 * File, then environment, then overrides, checked by the schema. Throws `OpsError('CONFIG_INVALID')` naming every
 * problem with its path at once; a key nobody knows is a problem.
 */
export function loadConfig<S extends z.ZodType>(schema: S, sources: ConfigSources = {}): z.output<S> {
  const issues: Issue[] = []
  const node = configNode(schema)
  const raw: Record<string, unknown> = sources.file === undefined ? {} : readYaml(sources.file, issues)
  if (sources.env !== undefined) applyEnv(raw, node, sources.env, sources.otherEnv ?? [], issues)
  if (sources.overrides !== undefined) merge(raw, sources.overrides)

  const unknown = unknownKeys(node, raw).map((path) => path.join('.'))
  for (const path of unknown) issues.push({ path, message: 'unknown key' })
  const result = schema.safeParse(raw)
  if (!result.success)
    for (const issue of flatten(result.error.issues)) if (!unknown.includes(issue.path)) issues.push(issue)
  if (issues.length > 0) throw configInvalid(issues)
  return result.data as z.output<S>
}

/** The error that names each problem on a line of its own. */
export function configInvalid(issues: readonly Issue[]): OpsError {
  const lines = issues.map(({ path, message }) => `\n  ${path || '(top level)'}: ${message}`)
  const count = issues.length === 1 ? '1 problem' : `${issues.length} problems`
  return new OpsError('CONFIG_INVALID', `${count} in the configuration${lines.join('')}`, { issues })
}

function readYaml(file: string, issues: Issue[]): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    issues.push({
      path: file,
      message: `cannot be read (${cause instanceof Error && 'code' in cause ? cause.code : cause})`,
    })
    return {}
  }
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  for (const { message, pos } of document.errors) {
    const { line, col } = lineCounter.linePos(pos[0])
    issues.push({ path: `${file}:${line}:${col}`, message })
  }
  const value: unknown = document.errors.length > 0 ? {} : document.toJS()
  if (value === null || value === undefined) return {}
  if (isRecord(value)) return value
  issues.push({ path: file, message: 'must hold options, not a single value or a list' })
  return {}
}

function applyEnv(
  raw: Record<string, unknown>,
  node: ConfigNode,
  env: Readonly<Record<string, string | undefined>>,
  others: readonly string[],
  issues: Issue[],
): void {
  const leaves = configLeaves(node)
  for (const { path, node: leaf, env: name } of leaves) {
    const text = env[name]
    if (text === undefined || text === '') continue
    let at = raw
    for (const key of path.slice(0, -1)) {
      if (!isRecord(at[key])) at[key] = {}
      at = at[key] as Record<string, unknown>
    }
    at[path.at(-1) ?? ''] = takesText(leaf) ? text : scalar(text)
  }
  const known = new Set([...leaves.map(({ env: name }) => name), ...others])
  for (const name in env)
    if (name.startsWith(ENV_PREFIX) && !known.has(name)) issues.push({ path: name, message: 'unknown variable' })
}

/** A password of digits stays text; a port becomes a number. */
function takesText({ type, anyOf, enum: values }: ConfigNode): boolean {
  if (values !== undefined) return values.every((value) => typeof value === 'string')
  if (anyOf !== undefined) return anyOf.some((branch) => branch.type === 'string')
  return type === 'string'
}

function scalar(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return text
  }
}

function merge(into: Record<string, unknown>, from: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(from)) {
    if (value === undefined) continue
    if (!isRecord(value)) {
      into[key] = value
      continue
    }
    const below = into[key]
    const nested: Record<string, unknown> = isRecord(below) ? below : {}
    merge(nested, value)
    into[key] = nested
  }
}

/** zod's issues with their paths as text; of a union, the branch that came closest. */
function flatten(found: readonly z.core.$ZodIssue[], base: readonly PropertyKey[] = []): Issue[] {
  return found.flatMap((issue): Issue[] => {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: [...path, key].map(String).join('.'), message: 'unknown key' }))
    if (issue.code === 'invalid_union') {
      const [closest] = [...issue.errors].sort((a, b) => a.length - b.length)
      if (closest !== undefined && closest.length > 0) return flatten(closest, path)
    }
    return [{ path: path.map(String).join('.'), message: issue.message }]
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
