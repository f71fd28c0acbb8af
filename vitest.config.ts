import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src-*/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Real servers, files and clocks: two at a time is what two cores carry.
    maxWorkers: 2,
  },
})
