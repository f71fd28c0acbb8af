import { expect, test } from 'playwright/test'
import { barHeights } from '../fixtures/chart.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

test('what nobody fetched is hatched and called so, in words, in the chart and in the table; the future is neither', async () => {
  const context = await world().browser.newContext()
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await expect(page.getByText(/not fetched/)).toHaveCount(0)

  // The window's clock says that the last fetch was four minutes ago.
  await page.clock.fastForward('04:00')
  await page.clock.runFor(1_000)
  const panel = page.getByRole('region', { name: 'Tickets by minute' })
  await expect(panel.getByText(/^at least [\d,]+ tickets? in 60 min$/)).toBeVisible()
  await expect(panel.getByText(/^not fetched( since \d\d:\d\d)?$/).first()).toBeVisible()
  await expect(panel.getByRole('figure')).toHaveAccessibleName(/at least .* tickets?.*, not fetched/)

  const strip = page.getByRole('region', { name: 'The time around it' })
  const gap = strip.locator('[data-kind=gap]').last()
  await expect(gap).toBeVisible()
  const [hatched, handle] = await Promise.all([
    gap.boundingBox(),
    strip.getByRole('slider', { name: 'Span shown' }).boundingBox(),
  ])
  // Up to now, where the span ends, and no farther.
  const end = (box: typeof hatched): number => (box?.x ?? 0) + (box?.width ?? 0)
  expect(Math.abs(end(hatched) - end(handle))).toBeLessThan(12)

  await page.keyboard.press('t')
  const rows = panel.getByRole('row')
  const unknown = rows.filter({ hasText: 'not fetched' })
  await expect(unknown.first()).toContainText('?')
  for (const row of await rows.filter({ hasText: 'still to come' }).all())
    await expect(row).not.toContainText('?')

  const fresh = await (await world().browser.newContext()).newPage()
  await fresh.goto(await world().served.link())
  await expect.poll(() => barHeights(fresh)).not.toEqual([])
  await expect(fresh.getByText(/not fetched/)).toHaveCount(0)
})
