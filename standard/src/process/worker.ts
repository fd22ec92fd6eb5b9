import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { type Transferable, Worker } from 'node:worker_threads'

export interface WorkerOptions {
  /** Moved, not copied, with `workerData`. */
  transfer?: readonly Transferable[]
  name?: string
  /** Size of V8's young generation, MB: threads that make much short-lived garbage collect less often with more. */
  youngGenerationMb?: number
}

/**
 * Starts a worker thread of a module beside `base`, named without its ending: from TypeScript while we run from source,
 * from JavaScript when built. `workerData` is cloned.
 */
export function startWorker(base: string, module: string, workerData: unknown, options: WorkerOptions = {}): Worker {
  const fromSource = new URL(base).pathname.endsWith('.ts')
  const url = new URL(`${module}${fromSource ? '.ts' : '.js'}`, base)
  return new Worker(fromSource ? loadedBy(base, url) : url, {
    workerData,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.youngGenerationMb === undefined
      ? {}
      : { resourceLimits: { maxYoungGenerationSizeMb: options.youngGenerationMb } }),
    ...(options.transfer === undefined ? {} : { transferList: [...options.transfer] }),
    ...(fromSource ? { execArgv: ['--conditions=source'] } : {}),
  })
}

/** What a Node process needs to run our TypeScript: the loader, and siblings' sources. */
export function sourceFlags(base: string): string[] {
  return ['--conditions=source', '--import', pathToFileURL(createRequire(base).resolve('tsx')).href]
}

/** A module that registers the loader, then imports `url`: in threads of Node 20, `--import tsx` does not do it. */
function loadedBy(base: string, url: URL): URL {
  const api = new URL('index.mjs', pathToFileURL(createRequire(base).resolve('tsx/esm/api')))
  const code = `import { register } from ${JSON.stringify(api.href)}; register(); await import(${JSON.stringify(url.href)})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
