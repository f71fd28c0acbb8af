// Unit and integration tests on both engines of the store (vitest), then the journeys (Playwright); the last line adds
// them up.
import './require-node.mjs'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from './build-if-stale.mjs'

const args = process.argv.slice(2)
const env = { ...process.env, ...(args.includes('--long') ? { JIRA_TPM_LONG: '1' } : {}) }
const results = path.join(root, 'test-results')
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const vitestReport = path.join(results, 'vitest.json')
const playwrightReport = path.join(results, 'e2e.json') // as e2e/playwright.config.ts has it
const vitestCode = await run('vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=./scripts/vitest-projects.mjs',
  '--reporter=json',
  `--outputFile.json=${vitestReport}`,
])
const playwrightCode = await run('playwright/cli.js', ['test', '-c', 'e2e/playwright.config.ts'])

const total = { passed: 0, failed: 0, skipped: 0 }
if (existsSync(vitestReport)) {
  const report = JSON.parse(readFileSync(vitestReport, 'utf8'))
  add(report.numPassedTests, report.numFailedTests, report.numPendingTests)
}
if (existsSync(playwrightReport)) {
  const { expected, unexpected, flaky, skipped } = JSON.parse(readFileSync(playwrightReport, 'utf8')).stats
  add(expected, unexpected + flaky, skipped)
}
// A runner that died, or a file that could not be loaded, is a failure although no test counted it.
if ((vitestCode !== 0 || playwrightCode !== 0) && total.failed === 0) total.failed = 1
if (total.skipped > 0) console.log(`\n${total.skipped} skipped: see above for the reasons`)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

function add(passed, failed, skipped) {
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}

function run(script, scriptArgs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules', script), ...scriptArgs], {
      cwd: root,
      env,
      stdio: 'inherit',
    })
    child.on('close', resolve)
  })
}
