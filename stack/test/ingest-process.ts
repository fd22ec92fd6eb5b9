import { eventually, freePort, type StartedProcess, startProcess, tempDir } from '@waytrace/standard/testing'
import type { DataFolder } from '../src/data-folder.ts'

/** `waytrace ingest` on a data folder, without a broker: there is nobody to tell marks to. */
export async function startIngest(data: string): Promise<StartedProcess> {
  const port = await freePort()
  const args = ['ingest', '--data', data, '--mqtt-port', String(port)]
  const env = { WAYTRACE_LOG_LEVEL: 'error' }
  const started = startProcess(import.meta.url, '../src/main.ts', { args, cwd: tempDir('ingest'), env })
  await started.waitForLine(/ready/)
  return started
}

/** Runs ingest until it has taken all there is, and ends it in order. */
export async function settle(data: string, { rawJournal, acceptedLog }: DataFolder): Promise<void> {
  const ingest = await startIngest(data)
  await eventually(() => rawJournal.stats().cursors.ingest?.position === rawJournal.stats().last, { timeoutMs: 50_000 })
  await eventually(() => acceptedLog.stats().cursors.store?.position === acceptedLog.stats().last, {
    timeoutMs: 50_000,
  })
  const code = await ingest.kill('SIGTERM')
  if (code !== 0) throw new Error(`ingest ended with ${code}: ${ingest.stderr}`)
}
