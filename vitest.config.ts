import { defineConfig } from 'vitest/config'

// The folder of a test says its project: `unit` needs no engine and no server, `api` calls the handlers over real
// engines, `long` is whatever takes its time: model tests, crashes, crowds, bundles, starts.
const engines = { setupFiles: ['test/support/with-engines.ts'] }

export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/error-coverage.ts'],
    // Tests ask as fast as they can; how often a token may ask has tests of its own, under the defaults.
    env: { ATTENDEE_REQUESTS: '100000', SCANNER_REQUESTS: '100000', TOKEN_REQUESTS: '100000' },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // Pure functions leave nothing behind: their files share a process and what it has loaded.
      project('unit', { isolate: false }),
      project('api', engines),
      project('long', { ...engines, testTimeout: 300_000 }),
    ],
  },
})

function project(name: string, more: object = {}) {
  return { extends: true as const, test: { name, include: [`test/${name}/**/*.test.ts`], ...more } }
}
