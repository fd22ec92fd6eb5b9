import { configFile } from '@waytrace/standard/process'
import { connect } from 'mqtt'

export interface ConnectAnswer {
  accepted: boolean
  /** A broker is there, whatever it says. */
  answered: boolean
  /** CONNACK's reason, or why there was none. */
  reason: string
}

export interface Credentials {
  username?: string | undefined
  password?: string | undefined
  /** PEM files. */
  caFile?: string | undefined
  keyFile?: string | undefined
  certFile?: string | undefined
}

/** Connects once over MQTT 3.1.1 with a client id of its own, and leaves. Never rejects. */
export function connectAnswer(
  url: string,
  { username, password, caFile, keyFile, certFile }: Credentials,
  timeoutMs: number,
): Promise<ConnectAnswer> {
  return new Promise((resolve) => {
    let files: object
    try {
      files = {
        ...(caFile === undefined ? {} : { ca: configFile('externalBroker.caFile', caFile) }),
        ...(keyFile === undefined ? {} : { key: configFile('externalBroker.keyFile', keyFile) }),
        ...(certFile === undefined ? {} : { cert: configFile('externalBroker.certFile', certFile) }),
      }
    } catch (error) {
      return resolve({ accepted: false, answered: false, reason: reasonOf(error as Error) })
    }
    const client = connect(url, {
      reconnectPeriod: 0,
      connectTimeout: timeoutMs,
      clientId: `waytrace-doctor-${process.pid}`,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...files,
    })
    let first: ConnectAnswer | undefined
    const end = (answer: ConnectAnswer) => {
      // Leaving closes the connection too.
      if (first !== undefined) return
      first = answer
      client.end(true, () => resolve(answer))
    }
    client.once('connect', () => end({ accepted: true, answered: true, reason: 'accepted' }))
    client.once('error', (error) =>
      end({ accepted: false, answered: 'code' in error && typeof error.code === 'number', reason: reasonOf(error) }),
    )
    client.once('close', () => end({ accepted: false, answered: false, reason: 'closed without an answer' }))
  })
}

/** Where several addresses were tried, the message is empty and the code says it. */
function reasonOf(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : String(error))
}
