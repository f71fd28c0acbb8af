import type { Page } from 'playwright'
import '../fixtures/page-globals.ts'
import type { RealSite } from '../fixtures/real-site.ts'
import { openSettings, settingsPage } from '../fixtures/settings-page.ts'
import { expect, test } from '../fixtures/with-site.ts'

test('a wrong token is told step by step, a right one connects, and a restart asks nothing', async ({
  app,
  site,
}) => {
  const settings = await openSettings(app.page)
  await settings.fillIn(site, 'mistyped')
  await settings.button('Check').click()
  await expect(settings.outcome).toContainText('failed')
  console.log(await settings.steps.innerText(), await settings.outcome.innerText())
  await settings.fillIn(site)
  await settings.button('Connect').click()
  await expect(settings.outcome).not.toContainText('Changed')
  await expect(settings.button('Connect')).toBeEnabled()
  console.log(await settings.steps.innerText(), await settings.outcome.innerText())
  await app.page.screenshot({ path: '/tmp/shots/a.png', fullPage: true })
  console.log(site.requests.map((r) => r.method + ' ' + r.path).join('\n'))
})
