import { readFileSync } from 'node:fs'
import { configFile } from '@waytrace/standard/process'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import type { TlsConfig } from '../link-config.ts'

export interface ConnectionOptions {
  url: string
  clientId: string
  username?: string | undefined
  password?: string | undefined
  tls?: TlsConfig | undefined
  keepaliveS: number
  will?: { topic: string; payload: string }
  /** A persistent session: the broker keeps messages while this client is away. */
  persistent?: boolean
}

/**
 * One MQTT 3.1.1 connection. MQTT.js neither reconnects nor queues: on a broken line its store replays one message per
 * round trip and its 16-bit ids collide beyond 65,535, so the spool does both.
 */
export function openConnection(options: ConnectionOptions): MqttClient {
  const { url, clientId, username, password, tls, keepaliveS, will, persistent = false } = options
  const settings: IClientOptions = {
    clientId,
    protocolVersion: 4,
    clean: !persistent,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    connectTimeout: 10_000,
    keepalive: keepaliveS,
  }
  if (username !== undefined) settings.username = username
  if (password !== undefined) settings.password = password
  if (will !== undefined) settings.will = { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true }
  if (tls?.caFile !== undefined) settings.ca = configFile('tls.caFile', tls.caFile)
  if (tls?.certFile !== undefined) settings.cert = configFile('tls.certFile', tls.certFile)
  if (tls?.keyFile !== undefined) settings.key = configFile('tls.keyFile', tls.keyFile)
  if (tls !== undefined) settings.rejectUnauthorized = tls.rejectUnauthorized
  return connect(url, settings)
}

export interface SecretSource {
  password?: string | undefined
  passwordFile?: string | undefined
  passwordEnv?: string | undefined
}

/** The password, its file's first line or the environment variable's value, in this order. */
export function readPassword({ password, passwordFile, passwordEnv }: SecretSource): string | undefined {
  if (password !== undefined) return password
  if (passwordFile !== undefined) return firstLine(passwordFile)
  return passwordEnv === undefined ? undefined : process.env[passwordEnv]
}

export function firstLine(path: string): string {
  return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? ''
}
