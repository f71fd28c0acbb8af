import { defineConfig } from 'playwright/test'

export default defineConfig({
  testDir: '.',
  globalSetup: './fixtures/global-setup.mjs',
  outputDir: '../test-results/e2e',
  reporter: [['list'], ['json', { outputFile: '../test-results/e2e.json' }]],
  // Each test has an app of its own, with its sandbox and its Chromium, and waits half of its time for what people wait
  // for: two cores carry two at a time.
  workers: 2,
  timeout: 30_000,
  forbidOnly: true,
})
