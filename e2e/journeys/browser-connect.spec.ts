import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { findChromium } from '../fixtures/chromium.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { expectNoOverflow } from '../fixtures/overflow.ts'
import { startRealSite, type RealSite } from '../fixtures/real-site.ts'
import { serveDashboard, type ServedDashboard } from '../fixtures/served.ts'
import { openSettings } from '../fixtures/settings-page.ts'

test.skip(process.platform !== 'linux', 'elsewhere there is always a keychain, and it is the developer’s own')

let dataDir: string
let site: RealSite
let browser: Browser
let served: ServedDashboard | undefined

test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  site = await startRealSite()
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
})

test.afterEach(async () => {
  await browser.close()
  await served?.interrupt()
  await site.stop()
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

async function openDashboard(env: Readonly<Record<string, string>> = {}): Promise<Page> {
  served = serveDashboard(dataDir, env)
  const page = await browser.newPage()
  await page.goto(await served.link())
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
  return page
}

test('where there is no place for a token, the page says so and nothing is changed', async () => {
  const page = await openDashboard()
  const settings = await openSettings(page)
  await expect(page.getByRole('region', { name: 'Jira', exact: true })).toContainText(/JIRA_API_KEY/)

  await settings.fillIn(site)
  await settings.button('Check').click()
  await expect(settings.outcome).toContainText('This Jira can be watched')
  await settings.button('Connect').click()
  await expect(settings.outcome).toContainText('JIRA_API_KEY')
  await page.setViewportSize({ width: 420, height: 900 })
  await page.screenshot({ path: test.info().outputPath('420-wide.png') })
  await expectNoOverflow(page)
  await settings.leave()
  await expect(page.getByRole('banner')).toContainText('Sandbox')
  await page.reload()
  await expect(page.getByRole('banner')).toContainText('Sandbox')
})

test('a Jira that the environment gives is shown, and fixed', async () => {
  const page = await openDashboard({
    JIRA_URL: site.url,
    JIRA_USER: site.email,
    JIRA_API_KEY: site.token,
    JIRA_PROJECT: 'TPM',
  })
  expect(await storedTickets(page)).toBe((await site.watched()).length)
  const settings = await openSettings(page)
  await expect(page.getByText('Fixed by JIRA_URL')).toBeVisible()
  await expect(page.getByText('Its token is given by the environment.')).toBeVisible()
  await expect(page.getByText('Secret Service')).toHaveCount(0) // no keychain is needed
  await expect(page.getByLabel('Site URL')).toBeDisabled()
  await expect(settings.button('Connect')).toBeDisabled()
  await page.screenshot({ path: test.info().outputPath('fixed.png') })
  await settings.button('Check').click()
  await expect(settings.outcome).toContainText('This Jira can be watched')
})
