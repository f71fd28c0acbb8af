import type { Locator, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { callCore } from '../fixtures/core.ts'
import { openRehearse } from '../fixtures/run-menu.ts'
import { openRuns } from '../fixtures/runs-page.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

const SHARE = /(\d+) of 40 will be High or Highest, peak (\d+) a minute\./

/** A spike of 40 tickets in 10 minutes, that go by in 10 seconds. */
async function fillInSpike(panel: Locator): Promise<void> {
  await panel.getByRole('textbox', { name: 'Tickets' }).fill('40')
  await panel.getByRole('textbox', { name: 'Minutes' }).fill('10')
  await panel.getByRole('textbox', { name: 'Seed' }).fill('7')
  await panel.getByLabel('Profile').selectOption('Spike')
  await panel.getByLabel('At minute').fill('5')
  await panel.getByLabel('Lasts (min)').fill('1')
  await panel.getByLabel('× usual').fill('20')
  await panel.getByLabel('Speed').selectOption('60 ×')
}

/** A column of the chart's table, in numbers. */
async function columnOf(page: Page, name: string): Promise<number[]> {
  const table = page.getByRole('region', { name: 'Table' }).getByRole('table')
  const names = await table.getByRole('columnheader').allTextContents()
  const place = names.findIndex((each) => each.trim() === name)
  // The row's own header is none of its cells.
  const cells = table.locator(`tbody td:nth-child(${place + 1})`)
  return (await cells.allTextContents()).map(Number)
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)

test('a rehearsed spike shows the spike that its form said, and form, outline, line and audit agree', async () => {
  const page = await (await world().browser.newContext()).newPage()
  await page.goto(await world().served.link())
  const panel = await openRehearse(page)
  await fillInSpike(panel)
  await panel.getByLabel('Only High or Highest').uncheck()
  await expect(panel).toContainText(SHARE)
  const [, share, peak] = SHARE.exec((await panel.textContent()) ?? '') ?? []
  expect(Number(share)).toBeGreaterThan(3)
  expect(Number(share)).toBeLessThan(37)

  await panel.getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText('Done: 40 of 40 tickets made. Seed 7.', { timeout: 30_000 })
  await expect(panel).toContainText(
    new RegExp(`Planned ${share}, charted ${share}, latest [\\d.]+ m?s late`),
    {
      timeout: 30_000,
    },
  )

  const run = await callCore(page, 'runs.current', {})
  if (run === null) throw new Error('There is no run.')
  const runs = await openRuns(page)
  await runs.button('Show in chart').click()
  const chart = page.getByRole('region', { name: 'Tickets by minute' })
  await expect(chart.getByText('planned by a run')).toBeVisible()
  await expect(chart.locator('path[data-of="behind"]')).toHaveAttribute('d', /^M\d+ \d+V\d+H\d+/)

  await page.keyboard.press('t')
  await expect.poll(async () => sum(await columnOf(page, 'Planned'))).toBe(Number(share))
  const planned = await columnOf(page, 'Planned')
  const shown = await columnOf(page, 'Tickets')
  // The run's minutes are cut by the clock's, of which two may share its spike.
  for (const column of [planned, shown]) expect(Math.max(...column)).toBeGreaterThanOrEqual(Number(peak) / 2)
  expect(sum(shown)).toBeGreaterThanOrEqual(Number(share))

  await page.keyboard.press('t')
  await panel.getByRole('button', { name: 'Audit' }).click()
  await expect(page.getByRole('main')).toContainText('Nothing lost', { timeout: 15_000 })
  expect(await callCore(page, 'audit.run', { runId: run.runId })).toMatchObject({
    watched: Number(share),
    charted: Number(share),
  })
})

test('in the sandbox a run is of what the chart shows, unless a person wants all', async () => {
  const page = await (await world().browser.newContext()).newPage()
  await page.goto(await world().served.link())
  const panel = await openRehearse(page)
  await fillInSpike(panel)
  await expect(panel.getByLabel('Only High or Highest')).toBeChecked()
  await expect(panel).toContainText('All of them will be High or Highest.')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText('Planned 40, charted 40', { timeout: 45_000 })
  expect(await callCore(page, 'runs.current', {})).toMatchObject({ mix: 'watched' })

  const runs = await openRuns(page)
  await expect(page.getByRole('main')).toContainText('watched priorities alone')
  await runs.button('Same again').click()
  await expect(panel.getByLabel('Only High or Highest')).toBeChecked()
  await expect(panel).toContainText('All of them will be High or Highest.')
})
