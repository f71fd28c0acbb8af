import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser } from 'playwright'
import { expect, test } from 'playwright/test'
import { runningInstances } from '../../src-main/workspace/instance.ts'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { findChromium } from '../fixtures/chromium.ts'
import { serveDashboard, type ServedDashboard } from '../fixtures/served.ts'
import { createStrangersTicket } from '../fixtures/stranger.ts'

let dataDir: string
let browser: Browser
let sandbox: ChildProcess
let served: ServedDashboard | undefined

test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  const cli = path.join(APP_FOLDER, 'out', 'main', 'cli.js')
  sandbox = spawn(process.execPath, [cli, 'sandbox', '--data-dir', dataDir], {
    cwd: dataDir,
    env: cleanEnv(),
  })
  await expect.poll(() => runsSandbox(sandbox.pid), { timeout: 10_000 }).toBe(true)
})

test.afterEach(async () => {
  await browser.close()
  await served?.interrupt()
  sandbox.kill('SIGKILL')
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

function runsSandbox(pid: number | undefined): boolean {
  return runningInstances(dataDir).some((instance) => instance.pid === pid && instance.sandbox !== null)
}

test('a sandbox that is killed under a dashboard is opened again, and nothing is lost', async () => {
  served = serveDashboard(dataDir)
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(await served.link())
  expect(runsSandbox(served.process.pid)).toBe(false)
  await createStrangersTicket(dataDir, 'Created before the kill')
  await expect(page.getByText('Created before the kill')).toBeVisible({ timeout: 15_000 })

  await createStrangersTicket(dataDir, 'Created just before the kill')
  sandbox.kill('SIGKILL')
  await expect.poll(() => runsSandbox(served?.process.pid), { timeout: 20_000 }).toBe(true)
  await createStrangersTicket(dataDir, 'Created after the kill')
  for (const title of ['after', 'just before', 'before']) {
    await expect(page.getByText(`Created ${title} the kill`)).toBeVisible({ timeout: 20_000 })
  }
})
