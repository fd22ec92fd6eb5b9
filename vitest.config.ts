import { defineConfig } from 'vitest/config'
import type { Reporter, TestModule } from 'vitest/node'

/** Closes a run with one plain line, `N passed, N failed`, that people and machines can read. */
class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0).length
    const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : ''
    process.on('exit', () =>
      process.stdout.write(`${count('passed')} passed, ${count('failed') + broken} failed${skipped}\n`),
    )
  }
}

export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['*/{src,test}/**/*.test.ts', 'dashboards/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['./vitest.setup.ts'],
    reporters: ['default', new Tally()],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
