import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright'
import { expect, test } from 'playwright/test'
import { findChromium } from '../fixtures/chromium.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { echoes, echoNext } from '../fixtures/echoes.ts'
import { hearBrowser } from '../fixtures/heard.ts'
import { filesBelow, plantToken } from '../fixtures/planted.ts'
import { startRealSite } from '../fixtures/real-site.ts'
import { serveDashboard } from '../fixtures/served.ts'
import { openSettings } from '../fixtures/settings-page.ts'

test.skip(process.platform !== 'linux', 'elsewhere the settings would try the developer’s own keychain')

test('a token that the environment gives never comes out of the dashboard’s server', async () => {
  const control = `control-${crypto.randomUUID()}`
  const planted = plantToken('planted')
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  const site = await startRealSite({ apiToken: planted.token })
  await site.add({ summary: control, priority: { id: '1' } })
  const served = serveDashboard(dataDir, {
    JIRA_URL: site.url,
    JIRA_USER: site.email,
    JIRA_API_KEY: planted.token,
    JIRA_PROJECT: 'TPM',
  })
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  const page = await browser.newPage()
  const heard = hearBrowser()
  await heard.listen(page)
  try {
    await page.goto(await served.link())
    await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
    await expect(page.getByText(control)).toBeVisible()
    for (const echo of echoes(control)) {
      echoNext(site, { path: /search\/jql|myself/ }, echo)
      await page.keyboard.press('f')
      await expect(page.getByRole('button', { name: /Fetch now|Retry/ })).toBeEnabled({ timeout: 10_000 })
      await heard.look(page)
    }
    const settings = await openSettings(page)
    for (const part of [/serverInfo/, /myself/, /mypermissions/]) {
      echoNext(site, { path: part }, echoes(control)[0])
      await settings.button('Check').click()
      await expect(settings.button('Check')).toBeEnabled()
    }
    await heard.look(page)
  } finally {
    await browser.close()
    await served.interrupt()
    await site.stop()
  }
  const files = await filesBelow(dataDir)
  await rm(dataDir, { recursive: true, maxRetries: 5 })

  expect(heard.texts.join('\n').split(control).length).toBeGreaterThan(10)
  expect(files.some(({ name, bytes }) => name.endsWith('jira-tpm.log') && bytes.includes(control))).toBe(true)
  expect(served.output()).toContain('The dashboard')
  expect.soft(heard.texts.flatMap((text) => planted.findIn(text.slice(0, 500), text))).toEqual([])
  expect.soft(files.flatMap(({ name, bytes }) => planted.findIn(name, bytes))).toEqual([])
  expect.soft(planted.findIn('stdout and stderr', served.output())).toEqual([])
})
