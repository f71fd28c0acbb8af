import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { barHeights } from '../fixtures/chart.ts'
import { callCore, connectTo } from '../fixtures/core.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { settingsPage } from '../fixtures/settings-page.ts'
import { expect, test } from '../fixtures/with-site.ts'

test.use({ config: { syncIntervalSeconds: 1 } })

test('a start without the token says so, and is mended in the window', async ({ app, site }) => {
  await connectTo(app.page, site)
  await app.close()
  const file = path.join(app.dataDir, 'config.json')
  const config = JSON.parse(await readFile(file, 'utf8')) as object
  await writeFile(file, JSON.stringify({ ...config, user: 'grace@example.com' })) // nobody's token is kept for her
  await app.restart()

  const { page } = app
  const sent = site.requests.length
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    `There is no API token for ${site.url} and grace@example.com. Nothing was sent.`,
  )
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/There is no API token/)
  expect(site.requests).toHaveLength(sent)
  await expect(app.clickMenu('run-start')).rejects.toThrow('disabled')

  await page.getByRole('button', { name: 'Settings' }).click()
  const settings = settingsPage(page)
  await expect(page.getByText(`${site.host} is set as grace@example.com, but not open.`)).toBeVisible()
  await settings.connect(site)
  await settings.leave()
  await expect.poll(() => storedTickets(page)).toBe((await site.watched()).length)
  await expect(async () => await app.clickMenu('run-start')).toPass()
})

test('where something else answered at the start, Try again opens the Jira once it is there', async ({
  app,
  site,
}) => {
  await connectTo(app.page, site)
  await app.close()
  await rm(path.join(app.dataDir, 'sites.json')) // what it said of itself
  site.spoil((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<h1>Welcome to this hotel</h1>')
    return true
  })
  await app.restart()
  const { page } = app
  const title = page.getByRole('heading', { level: 1 })
  await expect(title).toContainText(`${site.host} answered with a web page`)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(title).toContainText(`${site.host} answered with a web page`)

  site.spoil(null)
  const { length } = await site.watched()
  const again = page.getByRole('button', { name: 'Try again' })
  await expect(async () => {
    // The last attempt may still have been under way, and have found it.
    if (await again.isVisible()) await again.click({ timeout: 1_000 })
    expect(await storedTickets(page)).toBe(length)
  }).toPass()
})

test('a Jira that is away at the start is shown as it was stored', async ({ app, site }) => {
  await connectTo(app.page, site)
  const { length } = await site.watched()
  await expect.poll(() => storedTickets(app.page)).toBe(length)
  await app.close()
  site.spoil((_request, response) => {
    response.destroy()
    return true
  })
  await app.restart()
  const status = app.page.getByRole('contentinfo')
  await expect(status).toContainText('Not fetched since the start', { timeout: 15_000 })
  await expect.poll(() => storedTickets(app.page)).toBe(length)
  await expect.poll(() => barHeights(app.page)).not.toEqual([])
})

test('a token that ends while it is used stops all calls until the person acts', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
  const status = page.getByRole('contentinfo')

  await site.setSettings({ token: 'expired' })
  await expect(status).toContainText(`${site.host} did not accept the e-mail address and API token`)
  await expect(status).toContainText(/Showing what was stored at \d\d:\d\d/)
  expect(await callCore(page, 'sync.status', {})).toMatchObject({ state: 'stopped', nextMs: null })
  const sent = site.requests.length
  await delay(2_500) // fetching is due every second
  await app.wake()
  await delay(500)
  expect(site.requests).toHaveLength(sent)

  await test.step('Retry asks once more, and no further', async () => {
    await status.getByRole('button', { name: 'Retry' }).click()
    await expect.poll(() => site.requests.length).toBeGreaterThan(sent)
    await expect(status.getByRole('button', { name: 'Retry' })).toBeEnabled()
    await expect(status).toContainText('did not accept')
    const again = site.requests.length
    await delay(1_500)
    expect(site.requests).toHaveLength(again)
  })

  await test.step('once the token is good again, Retry works', async () => {
    await site.setSettings({ token: 'good' })
    const fresh = await site.add({ summary: 'Created meanwhile', priority: { id: '1' } })
    await status.getByRole('button', { name: 'Retry' }).click()
    await expect(status).toContainText('Last fetch')
    await expect(page.getByRole('link', { name: fresh.key })).toBeVisible()
  })
})

test('another token is given where the old one is refused', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
  await site.setSettings({ token: 'expired' })
  await page.getByRole('contentinfo').getByRole('button', { name: 'Settings' }).click()
  const settings = settingsPage(page)
  await settings.button('Check').click() // with the kept token
  await expect(settings.step('Account')).toContainText('did not accept')
  await site.setSettings({ token: 'good' })
  await settings.connect(site)
  await settings.leave()
  await expect(page.getByRole('contentinfo')).toContainText('Last fetch')
})

test('an answer to nobody is no empty Jira', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  const truth = await site.watched()
  await expect.poll(() => storedTickets(page)).toBe(truth.length)
  await site.setMood('looks-empty')
  await expect(page.getByRole('contentinfo')).toContainText('did not accept')
  expect(await storedTickets(page)).toBe(truth.length)
})
