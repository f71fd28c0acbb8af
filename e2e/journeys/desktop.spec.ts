import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '../fixtures/app.ts'
import { barHeights } from '../fixtures/chart.ts'

test('the window opens on the demo workspace and draws its hour', async ({ app }) => {
  await expect(app.page).toHaveTitle(/Jira TPM/)
  await expect.poll(() => barHeights(app.page)).not.toEqual([])
})

test('the theme chosen in the menu reaches the page and outlives a restart', async ({ app }) => {
  const isDark = () => app.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
  expect(await isDark()).toBe(false)
  await app.clickMenu('theme-dark')
  await expect.poll(isDark).toBe(true)
  await app.restart()
  await expect.poll(isDark).toBe(true)
})

test('a window state that is no state does not keep the window from opening', async ({ app }) => {
  await app.close()
  await writeFile(path.join(app.dataDir, 'window.json'), '{"bounds":')
  await app.restart()
  await expect(app.page).toHaveTitle(/Jira TPM/)
})
