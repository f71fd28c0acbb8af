import { callCore } from '../fixtures/core.ts'
import { tabTo } from '../fixtures/keyboard.ts'
import { lookAt } from '../fixtures/look.ts'
import { openSettings, settingsPage } from '../fixtures/settings-page.ts'
import { expect, test } from '../fixtures/with-site.ts'

test('axe finds nothing in the settings, whatever state they are in', async ({ app, site }) => {
  const { page } = app
  const settings = await openSettings(page)
  // Before anything was tried there is nothing to show of it.
  await expect(settings.steps).toHaveCount(0)
  await expect(page.getByText(/^\d+ steps, none of them tried yet\.$/)).not.toHaveCount(0)
  await lookAt(app, 'sandbox')

  await settings.button('Check').click()
  await expect(page.getByLabel('Site URL')).toBeFocused()
  await expect(page.getByText('Give the address at which you open Jira')).toBeVisible()
  await lookAt(app, 'not-filled-in')

  await settings.fillIn(site, 'mistyped')
  await settings.button('Connect').click()
  await expect(settings.outcome).toContainText('Not connected')
  await lookAt(app, 'refused')

  await site.setMood('severity')
  await settings.connect(site)
  await page.getByText('Certificates of your own').click()
  await lookAt(app, 'connected')

  await settings.button('Use the sandbox').click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await lookAt(app, 'back-to-the-sandbox')
})

test('a Jira is connected by the keyboard alone', async ({ app, site }) => {
  const { page } = app
  await expect(page.getByRole('banner')).toBeVisible() // before that nobody hears a key
  await page.keyboard.press(',')
  await expect(settingsPage(page).title).toBeFocused()
  await tabTo(page, 'Site URL')
  await page.keyboard.type(site.url)
  await tabTo(page, 'E-mail')
  await page.keyboard.type(site.email)
  await tabTo(page, 'API token')
  await page.keyboard.type(site.token)
  await page.keyboard.press('Enter')
  await expect(settingsPage(page).outcome).toContainText('Connected')
  await tabTo(page, 'Medium')
  await page.keyboard.press('Space')
  await expect(settingsPage(page).outcome).toContainText('Changed since this check.')
  await tabTo(page, 'Connect')
  await page.keyboard.press('Enter')
  await expect(settingsPage(page).outcome).toContainText('Connected')
  await tabTo(page, 'Show the chart')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('banner')).toContainText(site.host)
  const { watched } = await callCore(page, 'session.get', {})
  expect(watched.map(({ name }) => name)).toEqual(['Highest', 'High', 'Medium'])
})
