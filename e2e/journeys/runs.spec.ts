import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, type TestedApp } from '../fixtures/app.ts'
import { TICKETS_OF_ONE } from '../fixtures/brush.ts'
import { barHeights } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { tabTo } from '../fixtures/keyboard.ts'
import { lookAt } from '../fixtures/look.ts'
import { sayYesToStop, stopByMenu } from '../fixtures/run-menu.ts'
import { makeRun, openRuns, runsPage } from '../fixtures/runs-page.ts'

/** Ten minutes in two seconds. */
const tenMinutes = { count: 30, minutes: 10, compress: 300, seed: 7 } as const

/** Ends a run, and makes another. */
async function afterOwnRun(app: TestedApp): Promise<void> {
  await callCore(app.page, 'runs.start', {})
  await endAndMakeAnother(app)
}

async function endAndMakeAnother(app: TestedApp): Promise<void> {
  await stopByMenu(app)
  await expect.poll(async () => (await callCore(app.page, 'runs.current', {}))?.state).toBe('stopped')
  await makeRun(app.page, tenMinutes)
}

test('the history shows each run, its audit, and leads from a minute to its bar and back', async ({
  app,
}) => {
  const { page } = app
  await afterOwnRun(app)
  const runs = await openRuns(page)

  await expect(runs.rows).toHaveCount(2)
  await expect(runs.rows.first()).toContainText('seed 7')
  await expect(runs.rows.first()).toContainText('30 of 30 created')
  await expect(runs.rows.first()).toHaveAttribute('aria-current', 'true')
  await runs.rows.first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(runs.rows.nth(1)).toBeFocused()
  await expect(runs.rows.nth(1)).toHaveAttribute('aria-current', 'true')
  await expect(runs.rows.nth(1)).toContainText('Stopped')
  await page.keyboard.press('Home')
  await expect(page.getByRole('main')).toContainText('300 × real time')
  // How high its bars are.
  await expect(page.getByRole('main').getByText(/^\d+ a minute$/)).toBeVisible()

  await runs.button('Audit').click()
  await expect(runs.audit).toContainText('Nothing lost', { timeout: 15_000 })
  await expect(runs.figure('planned')).toHaveText('30')
  await expect(runs.figure('created')).toHaveText('=equals 30')
  const watched = Number(await runs.figure('watched').innerText())
  for (const word of ['indexed', 'fetched', 'charted']) {
    await expect(runs.figure(word)).toHaveText(`=equals ${watched}`)
  }

  await runs.button('Show every minute').click()
  const minutes = runs.audit.getByRole('table', { name: 'Figures by minute' })
  const cells = minutes.locator('tbody tr', { has: page.locator('td:nth-of-type(6):not(:text-is("0"))') })
  const charted = Number(await cells.first().getByRole('cell').last().innerText())
  await cells.first().getByRole('button').click()
  await expect(page.getByRole('heading', { name: TICKETS_OF_ONE })).toBeVisible()
  await expect(page.getByRole('feed', { name: 'List' }).getByRole('article')).toHaveCount(charted)

  await page.getByRole('button', { name: 'Audit this minute' }).click()
  await expect(runs.figure('charted')).toHaveText(`=equals ${charted}`, { timeout: 15_000 })
  await expect(runs.figure('others')).toHaveText('+and 0')
  await runs.rows.first().click()
  await expect(runs.audit).toContainText('All 30 tickets were made')
  await expect(runs.rows.first()).toContainText('Nothing lost')
  await expect(runs.rows.nth(1)).not.toContainText('Nothing lost')
})

test('a run’s tickets are deleted from the sandbox, and its record stays', async ({ app }) => {
  const { page } = app
  await afterOwnRun(app)
  const [run] = (await callCore(page, 'runs.list', { limit: 1 })).runs
  await app.clickMenu('run-clean-up')
  const runs = runsPage(page)
  await expect(runs.cleanUp).toContainText('30 tickets would be deleted from the sandbox.')
  await expect(runs.cleanUp.getByRole('textbox')).toHaveCount(0)
  await runs.button('Keep them').click()
  await expect(runs.cleanUp).toHaveCount(0)

  await runs.button('Clean up…').click()
  await expect(runs.cleanUp).toBeFocused()
  await runs.button('Delete 30 tickets').click()
  await expect(runs.cleanUp).toContainText('30 tickets deleted.', { timeout: 15_000 })
  await expect(runs.rows.first()).toContainText('30 of 30 created, all deleted again')
  await expect(runs.button('Clean up…')).toHaveCount(0)

  await runs.button('Audit').click()
  await expect(runs.audit).toContainText('Cleaned up', { timeout: 15_000 })
  expect(await callCore(page, 'runs.get', { runId: run?.runId ?? '' })).toMatchObject({
    seed: 7,
    created: 30,
    removed: 30,
  })
  // The page is left and come back to, and anew after a reload of the window: what happened is still told.
  await page.keyboard.press('Escape')
  await expect(runs.title).toBeHidden()
  await openRuns(page)
  await expect(runs.cleanUp).toContainText('30 tickets deleted.')
  await page.reload()
  await openRuns(page)
  await expect(runs.cleanUp).toContainText('30 tickets deleted.')
})

test('a run under way is held, gone on with and ended on the page of the runs, and asked for again then', async ({
  app,
}) => {
  const { page } = app
  // Nothing is due while it stands still.
  await callCore(page, 'runs.start', { count: 2, minutes: 60, profile: 'even' })
  const runs = await openRuns(page)
  await expect(runs.rows.first()).toContainText('Running')
  await expect(runs.button('Same again')).toHaveCount(0)
  const newRun = page.getByRole('button', { name: 'New run', exact: true })
  await expect(newRun).toHaveCount(0)
  // What is still to come is no difference, and nothing is found to be good yet.
  await runs.button('Audit').click()
  await expect(runs.audit).toContainText('Not over yet', { timeout: 15_000 })
  await expect(runs.audit).not.toContainText(/Nothing lost|ifference|Not made yet/)
  await runs.button('Pause').click()
  await expect(runs.rows.first()).toContainText('Paused', { timeout: 15_000 })
  await delay(1_000) // a pause that is seen in hundredths of a minute
  await runs.button('Resume').click()
  await expect(runs.rows.first()).toContainText('Running')
  await runs.button('Stop').click()
  await sayYesToStop(page)
  await expect(runs.rows.first()).toContainText('Stopped', { timeout: 15_000 })
  await newRun.click()
  await expect(page.getByRole('button', { name: 'Start run' })).toBeFocused()
  await openRuns(page)
  await runs.button('Same again').click()
  // What the pause has added is not part of the plan.
  await expect(page.getByLabel('Minutes', { exact: true })).toHaveValue('60')
})

test('the same run again is a form that is filled in', async ({ app }) => {
  const { page } = app
  await afterOwnRun(app)
  const runs = await openRuns(page)
  await runs.button('Same again').click()
  const panel = page.getByRole('region', { name: 'Run', exact: true })
  await expect(panel.getByLabel('Tickets', { exact: true })).toHaveValue('30')
  await expect(panel.getByLabel('Minutes', { exact: true })).toHaveValue('10')
  await expect(panel.getByLabel('Seed', { exact: true })).toHaveValue('7')
})

test('all of it by the keyboard alone', async ({ app }) => {
  const { page } = app
  await afterOwnRun(app)
  const runs = await openRuns(page)
  await tabTo(page, 'Audit')
  await page.keyboard.press('Enter')
  await expect(runs.audit).toContainText('Nothing lost', { timeout: 15_000 })
  await tabTo(page, 'Show every minute')
  await page.keyboard.press('Enter')
  await expect(runs.audit.getByRole('table')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await openRuns(page)
  await tabTo(page, 'Clean up…')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Delete 30 tickets')
  await page.keyboard.press('Enter')
  await expect(runs.cleanUp).toContainText('30 tickets deleted.', { timeout: 15_000 })
})

test('axe finds nothing on the page, whatever state it is in', async ({ app }) => {
  const { page } = app
  await callCore(page, 'runs.start', {})
  const runs = await openRuns(page)
  await expect(runs.rows).toHaveCount(1)
  await lookAt(app, 'under-way')
  await endAndMakeAnother(app)
  await openRuns(page)
  await expect(runs.rows).toHaveCount(2)
  await runs.button('Audit').click()
  await expect(runs.audit).toContainText('Nothing lost', { timeout: 15_000 })
  await runs.button('Show every minute').click()
  await runs.button('Clean up…').click()
  await expect(runs.cleanUp).toContainText('30 tickets would be deleted')
  await lookAt(app, 'audited')
  await runs.button('Delete 30 tickets').click()
  await expect(runs.cleanUp).toContainText('30 tickets deleted.', { timeout: 15_000 })
  await runs.button('Audit').click()
  await expect(runs.audit).toContainText('Cleaned up', { timeout: 15_000 })
  await lookAt(app, 'cleaned-up')
})
