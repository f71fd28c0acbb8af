import { defineConfig } from 'vitest/config'

const long = Boolean(process.env['JIRA_TPM_LONG'])

export default defineConfig({
  test: {
    setupFiles: ['scripts/vitest-setup.mjs'],
    include: ['src-*/**/*.test.ts'],
    pool: 'forks',
    testTimeout: long ? 900_000 : 20_000,
    hookTimeout: 30_000,
    // Real servers, files and clocks: two at a time is what two cores carry.
    maxWorkers: 2,
  },
})
