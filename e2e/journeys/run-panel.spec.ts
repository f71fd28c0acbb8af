import { setTimeout as delay } from 'node:timers/promises'
import type { Locator, Page } from 'playwright'
import { runningInstances } from '../../src-main/workspace/instance.ts'
import { planTimes } from '../../src-shared/domain/run/plan-times.ts'
import { expect, test } from '../fixtures/app.ts'
import { barHeights } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { makeRun } from '../fixtures/runs-page.ts'
import { openFormByMenu, openRehearse } from '../fixtures/run-menu.ts'

const panelOf = (page: Page): Locator => page.getByRole('region', { name: 'Run', exact: true })

async function fillIn(panel: Locator, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    await panel.getByLabel(label, { exact: true }).fill(value)
  }
}

test('the plan that the form shows is the run that is made', async ({ app }) => {
  const { page } = app
  const panel = panelOf(page)
  await openFormByMenu(app)
  await fillIn(panel, { Tickets: '40', Minutes: '10', Seed: '7' })
  await panel.getByLabel('Profile').selectOption('Spike')
  await fillIn(panel, { 'At minute': '3', 'Lasts (min)': '2', '× usual': '9' })
  const { offsetsMs } = planTimes({
    count: 40,
    minutes: 10,
    seed: 7,
    profile: { kind: 'spike', atMs: 180_000, longMs: 120_000, height: 9, spacing: 'steady' },
  })
  await expect(panel.getByText(`40 tickets in 10 minutes, peak ${most(offsetsMs)} a minute.`)).toBeVisible()

  await panel.getByLabel('Speed').selectOption('60 ×')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText(/on time, late p50 \d+ ms, p95 \d+ ms, max \d+ ms/)
  await expect(panel).toContainText('Done: 40 of 40 tickets made. Seed 7.', { timeout: 30_000 })
  await expect(panel).toContainText(/40 of 40 tickets made, at most \d+ planned in a minute/)

  const run = await callCore(page, 'runs.current', {})
  if (run === null) throw new Error('There is no run.')
  expect(run).toMatchObject({ seed: 7, profile: 'spike 3m x9 2m', planned: 40, created: 40 })
  const minutes = await callCore(page, 'runs.minutes', { runId: run.runId })
  const planned = new Map<number, number>()
  for (const offsetMs of offsetsMs) {
    const minute = Math.floor((run.startMs + offsetMs) / 60_000)
    planned.set(minute, (planned.get(minute) ?? 0) + 1)
  }
  expect(minutes.filter((minute) => minute.planned > 0)).toEqual(
    [...planned].map(([minute, count]) => ({ minute, planned: count, created: count, notMade: 0 })),
  )
})

test('what the form cannot take is said at its field, and nothing can be started', async ({ app }) => {
  const panel = panelOf(app.page)
  await openFormByMenu(app)
  const start = panel.getByRole('button', { name: 'Start run' })
  await fillIn(panel, { Tickets: 'many' })
  await expect(panel.getByLabel('Tickets', { exact: true })).toHaveAccessibleDescription(
    'A whole number from 1 to 100,000.',
  )
  await expect(start).toBeDisabled()
  await panel.getByLabel('Profile').selectOption('Parts (written form)')
  await fillIn(panel, { Tickets: '', 'Written form': '30m@50,10m@200,20m@5O' })
  await expect(panel.getByLabel('Written form')).toHaveAccessibleDescription(
    /"5O" at character 20 is no rate/,
  )
  await fillIn(panel, { 'Written form': '30m@50,10m@200,20m@50' })
  await expect(panel.getByText(/^75 tickets in 60 minutes/)).toBeVisible()
  await expect(start).toBeEnabled()
})

test('what is refused leaves the form as it was filled in; closed, it gives back the last run', async ({
  app,
}) => {
  const { page } = app
  const panel = panelOf(page)
  await makeRun(page, { count: 1, minutes: 0.1 })
  await openFormByMenu(app)
  await fillIn(panel, { Tickets: '12', Minutes: '0.2' })
  await panel.getByText('More', { exact: true }).click()
  await fillIn(panel, { 'Priorities, by weight': 'Urgent 1, High 3' })
  await expect(panel).toContainText('About 3 Urgent, 9 High.')
  const start = panel.getByRole('button', { name: 'Start run' })
  await start.press('Enter')
  await expect(page.getByRole('alert')).toContainText('has no priority "Urgent". Nothing was made.')
  await expect(panel.getByLabel('Tickets', { exact: true })).toHaveValue('12')
  await expect(start).toBeFocused()

  await panel.getByRole('button', { name: 'Close' }).press('Enter')
  await expect(panel.getByRole('button', { name: 'New run' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(start).toBeFocused()
  await fillIn(panel, { Tickets: '3', Minutes: '0.1' })
  await start.press('Enter')
  await expect(panel).toContainText('Done: 3 of 3 tickets made.', { timeout: 20_000 })
  await expect(start).toBeHidden()
})

test('a file of tickets is replayed', async ({ app }) => {
  const panel = panelOf(app.page)
  await openFormByMenu(app)
  await panel.getByLabel('Profile').selectOption('Replay a file…')
  const file = panel.getByLabel('File of tickets')
  await file.setInputFiles(csv('title\nLogin fails\n'))
  await expect(panel.getByText(/march\.csv/).last()).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Start run' })).toBeDisabled()

  const times = ['12:00:00', '12:00:30', '12:04:00'].map((time) => `2026-03-02T${time}Z,High`)
  await file.setInputFiles(csv(['created,priority', ...times].join('\n')))
  await expect(panel.getByText(/^3 tickets in 4 minutes, peak 2 a minute/)).toBeVisible()
  await panel.getByLabel('Speed').selectOption('60 ×')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText('Done: 3 of 3 tickets made.', { timeout: 30_000 })
  expect(await callCore(app.page, 'runs.current', {})).toMatchObject({ profile: 'replay march.csv' })
})

for (const [button, state] of [
  [/^Catch up \(\d+\)$/, { skipped: 0 }],
  [/^Skip \(\d+\)$/, { failed: 0 }],
] as const) {
  test(`slots that were missed while a run stood still: ${button.source}`, async ({ app }) => {
    const { page } = app
    const panel = panelOf(page)
    await openFormByMenu(app)
    await fillIn(panel, { Tickets: '60', Minutes: '0.3' })
    await panel.getByLabel('Profile').selectOption('Even')
    await panel.getByRole('button', { name: 'Start run' }).click()
    await expect(panel).toContainText(/[1-9]\d* of 60 created/)
    await panel.getByRole('button', { name: 'Pause' }).click()
    await expect(panel).toContainText(/\d+ tickets? (was|were) due meanwhile/, { timeout: 15_000 })
    await panel.getByRole('button', { name: button }).click()
    await expect(panel).toContainText(/Done: \d+ of 60 tickets made/, { timeout: 45_000 })
    const run = await callCore(page, 'runs.current', {})
    expect(run).toMatchObject(state)
    expect((run?.created ?? 0) + (run?.skipped ?? 0)).toBe(60)
    if (button.source.includes('Skip')) await expect(panel).toContainText(/\d+ tickets? (was|were) skipped/)
  })
}

test('after a sleep the person chooses what becomes of the missed slots', async ({ app }) => {
  test.skip(!process.env['JIRA_TPM_LONG'], 'sleeps for more than a minute')
  test.setTimeout(180_000)
  const { page } = app
  const panel = panelOf(page)
  await openFormByMenu(app)
  await fillIn(panel, { Tickets: '200', Minutes: '10' })
  await panel.getByLabel('Profile').selectOption('Even')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText(/[1-9]\d* of 200 created/)

  const pid = runningInstances(app.dataDir)[0]?.pid
  if (pid === undefined) throw new Error('No program says that it runs in the workspace.')
  process.kill(pid, 'SIGSTOP')
  await delay(65_000)
  process.kill(pid, 'SIGCONT')

  await expect(panel).toContainText(/The machine slept, .* tickets were missed\./, { timeout: 15_000 })
  const choices = panel.getByRole('list', { name: 'How the run goes on' }).getByRole('button')
  await expect(choices).toHaveText([/^Catch up \(\d+\)$/, /^Skip \(\d+\)$/, 'Resume'])
  const before = await callCore(page, 'runs.current', {})
  expect(before).toMatchObject({ state: 'paused', cause: { code: 'slept' } })
  expect(before?.missed).toBeGreaterThan(15)
  await choices.first().click()
  const created = async (): Promise<number> => (await callCore(page, 'runs.current', {}))?.created ?? 0
  const [had, missed] = [before?.created ?? 0, before?.missed ?? 0]
  await expect.poll(created, { timeout: 30_000 }).toBeGreaterThan(had + missed)
})

test('the keyboard alone starts, holds and continues a run', async ({ app }) => {
  const { page } = app
  const panel = await openRehearse(page)
  await page.keyboard.press('r')
  await expect(panel.getByRole('button', { name: 'Start run' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('button', { name: 'Pause' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('button', { name: 'Resume' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('button', { name: 'Pause' })).toBeFocused()
})

test('a bar leads to the audit of its minute', async ({ app }) => {
  const { page } = app
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Audit this minute' }).click()
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await expect(page.getByRole('main')).toContainText(/Nothing lost|Nothing is lost|arrived yet|not over/i, {
    timeout: 15_000,
  })
})

test('Shift R leads to all runs, Escape back to where the focus was', async ({ app }) => {
  const { page } = app
  await openRehearse(page)
  const allRuns = page.getByRole('button', { name: 'All runs' })
  await allRuns.focus()
  await page.keyboard.press('Shift+R')
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(allRuns).toBeFocused()
})

function csv(text: string): { name: string; mimeType: string; buffer: Buffer } {
  return { name: 'march.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
}

/** The most tickets in one minute of a plan of ten. */
function most(offsetsMs: readonly number[]): number {
  const counts = Array.from(
    { length: 10 },
    (_, minute) => offsetsMs.filter((offsetMs) => Math.floor(offsetMs / 60_000) === minute).length,
  )
  return Math.max(...counts)
}
