import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { TICKETS_OF } from '../fixtures/brush.ts'
import { barHeights } from '../fixtures/chart.ts'
import { createStrangersTicket } from '../fixtures/stranger.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

/** A browser of its own: it shares no cookie with the others. */
async function newBrowserPage(): Promise<Page> {
  const context = await world().browser.newContext()
  return await context.newPage()
}

test('a link opens the dashboard once; a reload needs no other', async () => {
  const link = await world().served.link()
  const page = await newBrowserPage()
  await page.goto(link)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  expect(page.url()).not.toContain('code')

  await page.reload()
  await expect.poll(() => barHeights(page)).not.toEqual([])

  const stranger = await newBrowserPage()
  await stranger.goto(link)
  await expect(stranger.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
  await expect(stranger.locator('.js-plotly-plot')).toHaveCount(0)
})

test('Ctrl-K finds a time, a ticket and a command, and loses nothing that is typed while it loads', async () => {
  const page = await newBrowserPage()
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const key =
    (await page
      .getByText(/^TPM-\d+$/)
      .first()
      .textContent()) ?? ''

  const field = page.getByRole('combobox', { name: 'Find a ticket' })
  await page.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await page.keyboard.type('yesterday')
  const found = page.getByRole('listbox', { name: 'Found' }).getByRole('option')
  await expect(found.first()).toContainText(/Show [A-Z][a-z]{2} \d/)
  await expect(found.first()).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: 'Span' })).toContainText('Yesterday')

  await page.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await page.keyboard.type('2040-01-01')
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('lies in the future')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('now')
  await page.keyboard.press('Enter')

  await expect(page.getByText(key, { exact: true })).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await page.keyboard.type(key)
  await expect(found.first()).toContainText(key)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: TICKETS_OF })).toBeVisible()
})

test('letters typed at once after Ctrl-K, before its field and its list are there, are all in the field', async () => {
  const page = await newBrowserPage()
  const list = Promise.withResolvers<void>()
  await page.route(/palette-.*\.js$/, async (route) => {
    await list.promise
    await route.continue()
  })
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  // In one task: no frame comes between the keys, as on a machine that is busy.
  await page.evaluate(() => {
    for (const key of ['k', 'y', 'e', 's', 't']) {
      const event = { key, ctrlKey: key === 'k', bubbles: true, cancelable: true }
      document.body.dispatchEvent(new KeyboardEvent('keydown', event))
    }
  })
  const field = page.getByRole('combobox', { name: 'Find a ticket' })
  await expect(field).toBeFocused()
  await page.keyboard.type('er')
  await expect(field).toHaveValue('yester')
  list.resolve()
  await expect(page.getByRole('listbox', { name: 'Found' })).toBeVisible()
  await page.keyboard.type('day')
  await expect(field).toHaveValue('yesterday')
  await expect(page.getByRole('table', { name: /Tickets/ })).toBeHidden()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: 'Span' })).toContainText('Yesterday')
})

test('after Drop tables it says that the tables are gone, in every window, and nothing of what was in them', async () => {
  const pages = [await newBrowserPage(), await newBrowserPage()] as const
  for (const page of pages) {
    await page.goto(await world().served.link())
    await expect.poll(() => barHeights(page)).not.toEqual([])
    await expect(page.getByRole('contentinfo')).toContainText(/Last fetch .* ago/)
  }
  const [page] = pages
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find a ticket' }).fill('Drop tables')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Drop tables' }).click()
  for (const shown of pages) {
    const status = shown.getByRole('contentinfo')
    await expect(status).toContainText('The ticket tables were dropped')
    await expect(status).not.toContainText(/ago|stored at|tickets$/)
    await expect(shown.getByRole('alert')).toContainText('The ticket tables were dropped')
    await expect(shown.getByRole('alert')).toContainText('Make them anew with Data, Create tables')
    await expect(shown.getByText(/^TPM-\d+$/)).toHaveCount(0)
    await expect.poll(() => barHeights(shown)).toEqual([])
  }
  await page.getByRole('button', { name: 'Create tables' }).click()
  for (const shown of pages) {
    await expect.poll(() => barHeights(shown)).not.toEqual([])
    await expect(shown.getByRole('contentinfo')).toContainText(/Last fetch .* ago.*[1-9]\d* tickets/)
  }
})

test('two browsers see a stranger’s ticket come in, and Ctrl-C ends it within two seconds', async () => {
  const pages = [await newBrowserPage(), await newBrowserPage()] as const
  await pages[0].goto(await world().served.link())
  await expect.poll(() => barHeights(pages[0])).not.toEqual([])
  await pages[1].goto(await world().served.link())
  await expect.poll(() => barHeights(pages[1])).not.toEqual([])

  await createStrangersTicket(world().dataDir, 'The ticket that both browsers see')
  for (const page of pages) {
    await expect(page.getByText('The ticket that both browsers see')).toBeVisible({ timeout: 10_000 })
  }

  const { code, tookMs } = await world().served.interrupt()
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(2_000)
  await expect(pages[0].getByText(/not answer|connect/i).first()).toBeVisible()
})
