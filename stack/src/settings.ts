import { existsSync } from 'node:fs'
import { loadConfig } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { type WaytraceConfig, waytraceConfig } from './config.ts'

const DEFAULT_FILE = 'waytrace.yaml'

/** Adds the options every command at the centre has. */
export function withSettings(command: Command): Command {
  return command
    .option('--config <file>', `configuration file (default: ${DEFAULT_FILE} if it exists)`)
    .option('--data <dir>', 'data folder (default: ./data)')
}

/** The configuration of a command: file, environment, then its options. Throws `OpsError('CONFIG_INVALID')`. */
export function settings(
  options: { config?: string; data?: string },
  overrides: Record<string, unknown> = {},
): WaytraceConfig {
  const file = options.config ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
  const given = { data: options.data, ...overrides }
  return loadConfig(waytraceConfig, { ...(file === undefined ? {} : { file }), env: presentEnv(), overrides: given })
}

/** `INFLUX_URL` or `MQTT_URL` alone switch their part on; an empty variable is none. */
function presentEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
  )
}

/** A number option; one that is no number is reported by the schema with its path. */
export function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
