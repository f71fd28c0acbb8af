// Unit and integration tests on both engines of the store (vitest), then the journeys (Playwright). What fails is tried
// once more, alone; the last lines name what failed, and the very last adds up.
import './require-node.mjs'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from './build-if-stale.mjs'
import { failedFiles, mayTryAgain, playwrightTests, settle, totals, wordsFor } from './test-report.mjs'

const args = process.argv.slice(2)
const env = { ...process.env, ...(args.includes('--long') ? { JIRA_TPM_LONG: '1' } : {}) }
const results = path.join(root, 'test-results')
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const settled = [await tryTwice('vitest', vitest), await tryTwice('playwright', playwright)]
const total = totals(settled.flatMap(({ tests }) => tests))
const wavering = settled.flatMap((runner) => runner.wavering)
const failed = settled.flatMap(({ tests }) => tests).filter(({ state }) => state === 'failed')

if (total.skipped > 0) console.log(`\n${total.skipped} skipped: see above for the reasons`)
if (wavering.length > 0) console.log(`\nWAVERING\n${wordsFor(wavering).join('\n')}`)
if (failed.length > 0) console.log(`\nFAILED\n${wordsFor(failed).join('\n')}`)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

/** `{ tests, wavering }` of a runner: tests that depend on time may fail once for reasons of the machine. */
async function tryTwice(name, tests) {
  const first = await tests(null)
  if (!mayTryAgain(first)) return { tests: first, wavering: [] }
  const files = failedFiles(first)
  console.log(`\nSECOND TRY of ${name}, alone: ${Object.values(files).flat().join(', ')}\n`)
  return settle(first, await tests(files))
}

/** Runs all files, or those of each project again, one at a time. */
async function vitest(again) {
  if (again === null) return await vitestOnce('vitest', [])
  const tests = []
  for (const [project, files] of Object.entries(again)) {
    tests.push(
      ...(await vitestOnce(`vitest-again-${project}`, ['--project', project, '--maxWorkers=1', ...files])),
    )
  }
  return tests
}

async function vitestOnce(name, options) {
  const report = path.join(results, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=./scripts/vitest-projects.mjs']
  const code = await run('vitest/vitest.mjs', ['run', ...reporters, ...options], {
    JIRA_TPM_TEST_REPORT: report,
  })
  return summary('vitest', code, report, (tests) => tests)
}

async function playwright(again) {
  const name = again === null ? 'e2e' : 'e2e-again'
  const report = path.join(results, `${name}.json`)
  const options = again === null ? [] : ['--last-failed', '--workers=1']
  const code = await run('playwright/cli.js', ['test', '-c', 'e2e/playwright.config.ts', ...options], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  })
  return summary('playwright', code, report, (json) => playwrightTests(json))
}

/** The tests in a report. A runner that died, or failed for no test's sake, is a failure too. */
function summary(runner, code, report, testsIn) {
  const tests = existsSync(report) ? testsIn(JSON.parse(readFileSync(report, 'utf8'))) : []
  if (code === 0 || tests.some(({ state }) => state === 'failed')) return tests
  const error = `${runner} ended with ${code}, and named no test that failed: see above`
  return [...tests, { project: runner, file: '', name: '(the run itself)', state: 'failed', error }]
}

function run(script, scriptArgs, more) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules', script), ...scriptArgs], {
      cwd: root,
      env: { ...env, ...more },
      stdio: 'inherit',
    })
    child.on('close', resolve)
  })
}
