import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import type { TestedApp } from '../fixtures/app.ts'
import { callCore } from '../fixtures/core.ts'
import { overflow } from '../fixtures/overflow.ts'
import { openSettings, settingsPage } from '../fixtures/settings-page.ts'
import { expect, test } from '../fixtures/with-site.ts'

/** Has axe look at the page, large and small, in both themes, and keeps a picture of each. */
async function lookAt(app: TestedApp, state: string): Promise<void> {
  const { page } = app
  for (const theme of ['light', 'dark'] as const) {
    await app.clickMenu(`theme-${theme}`)
    const isDark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
    await expect.poll(isDark).toBe(theme === 'dark')
    for (const [width, height] of [
      [1_200, 760],
      [800, 600],
    ] as const) {
      await app.resize(width, height)
      const picture = test.info().outputPath(`${state}-${theme}-${width}.png`)
      await page.screenshot({ path: picture, fullPage: true })
      // legacy mode: the stand-in's window is one page, and no other may be opened beside it
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
      expect(found, `${state}, ${theme}, ${width} wide`).toEqual([])
      expect(await overflow(page), `${state}, ${width} wide`).toBeLessThanOrEqual(0)
    }
  }
}

test('axe finds nothing in the settings, whatever state they are in', async ({ app, site }) => {
  test.setTimeout(60_000)
  const { page } = app
  const settings = await openSettings(page)
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

/** Presses Tab until what has this name has the focus, and sees to it that this is seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  const target = page.getByLabel(name, { exact: true }).or(page.getByRole('button', { name, exact: true }))
  for (let stops = 0; stops < 30; stops++) {
    await page.keyboard.press('Tab')
    if (!(await target.evaluate((element) => element === document.activeElement))) continue
    return await expect(target).toHaveCSS('outline-style', 'solid')
  }
  throw new Error(`Tab does not come to ${name}`)
}
