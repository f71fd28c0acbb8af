import { defineConfig } from 'playwright/test'

export default defineConfig({
  testDir: '.',
  // Pictures are made by `npm run pictures`, and test nothing; those of the cluster are vitest's.
  testIgnore: ['cluster/**', ...(process.env['JIRA_TPM_PICTURES'] ? [] : ['pictures/**'])],
  globalSetup: './fixtures/global-setup.mjs',
  outputDir: '../test-results/e2e',
  reporter: [['list'], ['json', { outputFile: '../test-results/e2e.json' }]],
  // Each test has an app of its own, with its sandbox and its Chromium, and waits half of its time for what people wait
  // for: two cores carry four at a time.
  workers: 4,
  // For what hangs. A loaded machine may take its time.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
})
