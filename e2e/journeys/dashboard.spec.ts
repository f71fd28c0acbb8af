import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { expect, test } from '../fixtures/app.ts'
import { barHeights } from '../fixtures/chart.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { openFormByMenu, openRehearse, sayYesToStop } from '../fixtures/run-menu.ts'

function spanShown(page: Page): Promise<string> {
  return page.getByRole('navigation', { name: 'Span' }).innerText()
}

test('a run is started from the menu, and the panel follows it to its end', async ({ app }) => {
  const { page } = app
  const panel = await openRehearse(page)
  await openFormByMenu(app)
  await page.keyboard.press('Enter')
  await expect(panel).toContainText('of 100 created')
  await panel.getByRole('button', { name: 'Pause' }).click()
  await expect(panel).toContainText('paused')
  await panel.getByRole('button', { name: 'Resume' }).click()
  await expect(panel).toContainText('until')
  await panel.getByRole('button', { name: 'Stop' }).click()
  await sayYesToStop(page)
  await expect(panel).toContainText(/Stopped/i)
})

test('bars move while a compressed run makes tickets', async ({ app }) => {
  const { page } = app
  const panel = await openRehearse(page)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const before = await storedTickets(page)
  const bars = await barHeights(page)

  await openFormByMenu(app)
  await panel.getByLabel('Tickets').fill('40')
  await panel.getByLabel('Minutes').fill('10')
  await panel.getByLabel('Seed', { exact: true }).fill('7')
  await panel.getByLabel('Speed').selectOption('60 ×')
  await panel.getByRole('button', { name: 'Start run' }).click()

  await expect(panel).toContainText('Done: 40 of 40 tickets made. Seed 7.', { timeout: 30_000 })
  await expect.poll(() => storedTickets(page), { timeout: 15_000 }).toBeGreaterThan(before)
  await expect.poll(() => barHeights(page)).not.toEqual(bars)

  await panel.getByRole('button', { name: 'Audit' }).click()
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Nothing lost', { timeout: 15_000 })
})

test('the view is kept when the span changes, and a reload shows the same', async ({ app }) => {
  const { page } = app
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const now = await spanShown(page)

  for (const [item, name] of [
    ['view-histogram', 'Histogram'],
    ['view-distribution', 'Distribution'],
    ['view-bar', 'Bar'],
  ] as const) {
    await app.clickMenu(item)
    await expect(page.getByRole('radio', { name })).toBeChecked()
    await expect.poll(() => barHeights(page)).not.toEqual([])
  }

  await page.keyboard.press('2')
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  await app.clickMenu('span-previous')
  await expect.poll(() => spanShown(page)).not.toBe(now)
  const earlier = await spanShown(page)
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()

  // While the other span is on its way, the figures are the last one's.
  const panel = page.getByRole('region', { name: 'Tickets by minute' })
  await expect(panel).toHaveAttribute('aria-busy', 'false')
  const total = await page.getByRole('main').locator('p').first().innerText()
  await page.reload()
  await expect.poll(() => spanShown(page)).toBe(earlier)
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  await expect(page.getByRole('main').locator('p').first()).toHaveText(total)

  await page.keyboard.press('n')
  await expect.poll(() => spanShown(page)).toBe(now)
})

test('a second start finds the same tickets', async ({ app }) => {
  await expect.poll(() => storedTickets(app.page)).toBeGreaterThan(0)
  const before = await storedTickets(app.page)
  await app.restart()
  await expect.poll(() => storedTickets(app.page)).toBeGreaterThanOrEqual(before)
  await expect.poll(() => barHeights(app.page)).not.toEqual([])
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${theme} theme, at 800 by 600 too`, async ({ app }) => {
    const { page } = app
    await app.clickMenu(`theme-${theme}`)
    await expect.poll(() => barHeights(page)).not.toEqual([])
    for (const size of [undefined, { width: 800, height: 600 }]) {
      if (size !== undefined) await app.resize(size.width, size.height)
      for (const view of ['1', '2', '3', 't']) {
        await page.keyboard.press(view)
        // legacy mode: the stand-in's window is one page, and no other may be opened beside it
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      }
      await page.keyboard.press('t')
    }
  })
}
