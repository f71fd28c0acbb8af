import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { barHeights } from '../fixtures/chart.ts'
import { callCore, connectTo } from '../fixtures/core.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { settingsPage } from '../fixtures/settings-page.ts'
import { expect, test } from '../fixtures/with-site.ts'

test.use({ config: { syncIntervalSeconds: 1 } })

const HELD_BACK =
  /Jira refused the log-in at \d\d:\d\d:\d\d UTC; nothing is sent again before \d\d:\d\d:\d\d UTC/

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
  const restartInHotel = async (): Promise<void> => {
    await app.close()
    await rm(path.join(app.dataDir, 'sites.json')) // what it said of itself
    site.spoil((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<h1>Welcome to this hotel</h1>')
      return true
    })
    await app.restart()
    const title = app.page.getByRole('heading', { level: 1 })
    await expect(title).toContainText(`${site.host} answered with a web page`)
  }
  const again = (): Promise<void> => app.page.getByRole('button', { name: 'Try again' }).click()

  await restartInHotel()
  site.spoil(null)
  const { length } = await site.watched()
  await again()
  await expect.poll(() => storedTickets(app.page)).toBe(length)

  await test.step('tried while it is not, it says until when nothing is sent', async () => {
    await restartInHotel()
    const sent = site.requests.length
    await again()
    await expect.poll(() => site.requests.length).toBeGreaterThan(sent)
    const page = app.page.getByRole('main')
    await expect(async () => {
      await again()
      await expect(page).toContainText(HELD_BACK, { timeout: 1_000 })
    }).toPass()
    await expect(page).toContainText(`${site.host} answered with a web page`)
    const tried = site.requests.length
    await again()
    await expect(page).toContainText(HELD_BACK)
    expect(site.requests).toHaveLength(tried)
  })
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
  const settings = settingsPage(page)

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

  const again = site.requests.length
  await test.step('within the minute Retry sends nothing, and says until when', async () => {
    await status.getByRole('button', { name: 'Retry' }).click()
    await expect(status).toContainText(HELD_BACK)
    expect(site.requests).toHaveLength(again)
  })

  await test.step('nor does connecting with the same token', async () => {
    await status.getByRole('button', { name: 'Settings' }).click()
    await settings.fillIn(site)
    await settings.button('Connect').click()
    await expect(settings.step('Account')).toContainText(HELD_BACK)
    await expect(settings.outcome).toContainText('1 step failed: Account')
    expect(site.requests).toHaveLength(again)
  })

  await test.step('another token is tried at once, and fetching goes on', async () => {
    await site.replaceToken()
    const fresh = await site.add({ summary: 'Created meanwhile', priority: { id: '1' } })
    await settings.connect(site)
    await settings.leave()
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
  await site.replaceToken()
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
