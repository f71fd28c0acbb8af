import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser } from 'playwright'
import { expect, test } from 'playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
import { findChromium } from '../fixtures/chromium.ts'
import { runCommand } from '../fixtures/command.ts'
import { expectNoOverflow } from '../fixtures/overflow.ts'
import { serveDashboard, type ServedDashboard } from '../fixtures/served.ts'
import { createStrangersTicket } from '../fixtures/stranger.ts'
import { writeConfig } from '../fixtures/write-config.ts'

const ENV = { JIRA_WEBHOOK_SECRET: 'planted-secret-of-webhooks' }

let dataDir: string
let served: ServedDashboard | undefined
let browser: Browser
test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  await writeConfig(dataDir, { syncIntervalSeconds: 1 })
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
})
test.afterEach(async () => {
  await browser.close()
  if (served !== undefined && served.process.exitCode === null) await served.interrupt()
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

/** Opens the dashboard that is served as that command says. */
async function open(...command: string[]) {
  served = serveDashboard(dataDir, ENV, command)
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } })
  const page = await context.newPage()
  await page.goto(await served.link())
  const line = page.getByRole('contentinfo')
  await expect(line).toContainText(/Last fetch/, { timeout: 20_000 })
  return { page, line, printed: (): string => served?.output() ?? '' }
}

test('how webhooks come is in the status: none yet, healthy, and one that was lost', async () => {
  const { page, line, printed } = await open('serve', '--hooks')
  await expect(line).toContainText('No webhook yet')
  const [url = ''] = /http:\S+\/hooks\/jira/.exec(printed()) ?? []
  await runCommand(dataDir, ['hooks', 'register', '--url', url], ENV)
  await createStrangersTicket(dataDir, 'Jira tells of it')
  await expect(line).toContainText('Webhooks healthy', { timeout: 15_000 })
  await expect(line.getByText('Webhooks healthy')).toHaveAttribute('title', /Jira is asked once a minute\./)
  for (const [width, height] of [
    [1_280, 800],
    [420, 800],
  ] as const) {
    await page.setViewportSize({ width, height })
    await expectNoOverflow(page)
    await expect(line.getByText('Webhooks healthy')).toBeVisible()
  }

  await runCommand(dataDir, ['hooks', 'remove', '--url', url], ENV)
  await createStrangersTicket(dataDir, 'Nobody tells of it')
  await expect(async () => {
    await page.getByRole('button', { name: 'Fetch now' }).click()
    await expect(line).toContainText('A webhook is late', { timeout: 2_000 })
  }).toPass({ timeout: 20_000 })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).include('footer').analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
  }
})

test('of webhooks nothing is said where none are taken', async () => {
  const { line } = await open('serve')
  await expect(line).not.toContainText(/webhook/i)
})
