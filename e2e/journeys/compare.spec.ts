import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { isoInstant, MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { runCommand } from '../fixtures/command.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed({ sandbox: { historyTickets: 400, historyHours: 30 } })

const HOUR_MS = 60 * MS_PER_MINUTE

/** Shows the hour that began `hoursAgo` hours ago; gives its beginning, epoch ms. */
async function openHour(hoursAgo: number): Promise<{ page: Page; fromMs: number }> {
  const page = await (await world().browser.newContext()).newPage()
  await page.goto(await world().served.link())
  const fromMs = Math.floor(Date.now() / MS_PER_MINUTE) * MS_PER_MINUTE - hoursAgo * HOUR_MS
  await expect(page.getByRole('button', { name: 'Compare', exact: true })).toBeVisible()
  await page.evaluate(
    (hash) => (location.hash = hash),
    `from=${isoInstant(fromMs)}&to=${isoInstant(fromMs + HOUR_MS)}&view=bar`,
  )
  return { page, fromMs }
}

/** How many tickets the command line counts in an hour. */
async function counted(fromMs: number): Promise<number> {
  const span = ['--from', isoInstant(fromMs), '--to', isoInstant(fromMs + HOUR_MS)]
  const printed = await runCommand(world().dataDir, ['counts', ...span, '--json'])
  const { buckets } = JSON.parse(printed) as { buckets: { total: number }[] }
  return buckets.reduce((sum, { total }) => sum + total, 0)
}

/** What the figures say of the other span: `12 before (×2.0)`. */
function then(page: Page, when: string) {
  return page.getByRole('button', { name: new RegExp(String.raw`^[\d,]+ ${when}`) })
}

/** The column of the table for what there was then. */
async function thenColumn(page: Page): Promise<string[]> {
  const table = page.getByRole('table')
  const heads = await table.getByRole('columnheader').allTextContents()
  const at = heads.indexOf('Then')
  return table.locator(`tbody tr > :nth-child(${at + 1})`).allTextContents()
}

test('the span before is a line over the bars, and the same number in figures, table, address and command line', async () => {
  const { page, fromMs } = await openHour(2)
  await page.keyboard.press('c')
  await page.getByRole('button', { name: 'The span before' }).click()
  const before = await counted(fromMs - HOUR_MS)
  await expect(then(page, 'before')).toHaveText(new RegExp(String.raw`^${before} before`))
  const line = page.locator('path[data-of=compared]')
  await expect(line).toHaveAttribute('d', /^M[\d.]+ [\d.]+H/)

  await page.keyboard.press('t')
  const cells = await thenColumn(page)
  expect(cells).toHaveLength(60)
  expect(cells.reduce((sum, cell) => sum + Number(cell), 0)).toBe(before)
  expect(page.url()).toContain('compare=before')

  await page.keyboard.press('t')
  await page.reload()
  await expect(then(page, 'before')).toBeVisible()
  await page.goBack()
  await expect(then(page, 'before')).toHaveCount(0)
})

test('another day is compared by the clock on the wall; nothing is compared with nothing again', async () => {
  const { page, fromMs } = await openHour(3)
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.getByRole('button', { name: 'The same time yesterday' }).click()
  const yesterday = await counted(fromMs - 24 * HOUR_MS)
  await expect(then(page, 'yesterday')).toHaveText(new RegExp(String.raw`^${yesterday} yesterday`))
  await page.keyboard.press('c')
  await page.getByRole('button', { name: 'Compare with nothing' }).click()
  await expect(then(page, 'yesterday')).toHaveCount(0)
  await expect(page.locator('path[data-of=compared]')).toHaveCount(0)
  expect(page.url()).not.toContain('compare')
})

test('an address with a comparison that is none says so and shows the rest', async () => {
  const { page } = await openHour(2)
  await page.evaluate(() => (location.hash = 'from=now-6h&to=now&compare=tomorrow'))
  await expect(page.getByRole('alert')).toContainText('The address has “tomorrow” as compare.')
  await expect(page.getByRole('navigation', { name: 'Span' })).toContainText('Last 6 h')
})
