import { expect, test } from 'playwright/test'
import { callCore } from '../fixtures/core.ts'
import { makeRun, openRuns } from '../fixtures/runs-page.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

test('in a browser a run is audited and cleaned up, and a reload meanwhile changes nothing', async () => {
  const page = await world().browser.newPage()
  await page.goto(await world().served.link())
  await expect(page.getByRole('banner')).toBeVisible()
  const { runId } = await makeRun(page, { count: 300, minutes: 5, compress: 60, seed: 7 })

  const runs = await openRuns(page)
  await expect(runs.rows.first()).toContainText('300 of 300 created')
  await runs.button('Audit').click()
  await expect(runs.audit).toContainText('Nothing lost', { timeout: 15_000 })

  await runs.button('Clean up…').click()
  await runs.button('Delete 300 tickets').click({ timeout: 15_000 })
  await expect(runs.cleanUp.getByRole('progressbar')).toBeVisible()
  await page.reload()
  await openRuns(page)
  await expect(runs.cleanUp).toContainText('300 tickets deleted.', { timeout: 30_000 })
  expect(await callCore(page, 'runs.get', { runId })).toMatchObject({ created: 300, removed: 300 })
})
