import type { Locator, Page } from 'playwright'
import { createTestHandles, type TestHandles } from '#jira-sandbox/testing'
import { runningInstances } from '../../src-main/workspace/instance.ts'
import { expect, test, type TestedApp } from '../fixtures/app.ts'
import { callCore } from '../fixtures/core.ts'
import { openFormByMenu } from '../fixtures/run-menu.ts'
import { openRuns } from '../fixtures/runs-page.ts'

// Each waits for most of its time, with an app of its own.
test.describe.configure({ mode: 'parallel' })

/** A slot without an answer is looked for during 15 s before it is called unknown. */
const SEARCHED_MS = 30_000
const panelOf = (page: Page): Locator => page.getByRole('region', { name: 'Run', exact: true })

/** The sandbox behind the window. */
function sandboxOf({ dataDir }: TestedApp): TestHandles {
  const sandbox = runningInstances(dataDir)[0]?.sandbox
  if (!sandbox) throw new Error('No program runs a sandbox in the workspace.')
  return createTestHandles(sandbox)
}

interface Doubt {
  readonly panel: Locator
  readonly sandbox: TestHandles
  /** How many tickets the run made in truth. */
  readonly truth: () => Promise<number>
}

/**
 * Makes a run of one ticket whose request was cut, before or after Jira had made it. The index lags a day behind, and
 * there is no other ticket of the run from which its keys could be counted: nobody knows what became of it.
 */
async function leaveInDoubt(app: TestedApp, kind: 'reset-before' | 'reset-after'): Promise<Doubt> {
  const { page } = app
  const panel = panelOf(page)
  const sandbox = sandboxOf(app)
  await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
  await sandbox.setFaults([{ match: { method: 'POST', path: '/rest/api/3/issue$' }, kind, times: 1 }])
  await openFormByMenu(app)
  await panel.getByLabel('Tickets', { exact: true }).fill('1')
  await panel.getByLabel('Minutes', { exact: true }).fill('0.1')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText('The outcome of 1 ticket is not known; it is not sent again unasked.', {
    timeout: SEARCHED_MS,
  })
  const runId = (await callCore(page, 'runs.current', {}))?.runId ?? ''
  return { panel, sandbox, truth: async () => (await sandbox.truth(`jira-tpm-${runId}`)).length }
}

test('a ticket that nobody knows of is found when it is looked for again', async ({ app }) => {
  const { page } = app
  const { panel, sandbox, truth } = await leaveInDoubt(app, 'reset-after')
  const choices = panel.getByRole('list', { name: 'Tickets whose outcome is not known' })
  await expect(choices.getByRole('button')).toHaveText(['Look again', 'Send again…', 'Count as not made'])

  await choices.getByRole('button', { name: 'Send again…' }).click()
  const question = page.getByRole('dialog', { name: 'Send 1 ticket again?' })
  await expect(question).toContainText('there will be two for the same slot')
  await expect(question.getByRole('button', { name: 'Send nothing' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(question).toBeHidden()
  expect(await truth()).toBe(1)

  await app.clickMenu('run-resume')
  await expect(choices.getByRole('button', { name: 'Look again' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status')).toContainText('The outcome of 1 ticket is still not known.', {
    timeout: SEARCHED_MS,
  })
  await sandbox.setSettings({ indexLag: { kind: 'none' } })
  await choices.getByRole('button', { name: 'Look again' }).click()
  await expect(panel).toContainText('Done: 1 of 1 ticket made.', { timeout: SEARCHED_MS })
  await expect(choices).toBeHidden()
  expect(await truth()).toBe(1)
})

test('a ticket that nobody knows of is sent again where the person says so, and only then', async ({
  app,
}) => {
  const { page } = app
  const { panel, truth } = await leaveInDoubt(app, 'reset-before')
  expect(await truth()).toBe(0)
  await panel.getByRole('button', { name: 'Send again…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send again', exact: true }).click()
  await expect(panel).toContainText('Done: 1 of 1 ticket made.', { timeout: 2 * SEARCHED_MS })
  expect(await truth()).toBe(1)
})

test('a ticket that nobody knows of is left on the page of the runs, and counts as not made', async ({
  app,
}) => {
  const { page } = app
  const { truth } = await leaveInDoubt(app, 'reset-before')
  const runs = await openRuns(page)
  await expect(runs.rows.first()).toContainText('0 of 1 created, 1 unknown')
  await runs.button('Look for the unknown…').click()
  const dialog = page.getByRole('dialog', { name: 'What shall become of it?' })
  await dialog.getByRole('button', { name: 'Count as not made' }).click()
  await expect(dialog).toBeHidden()
  await expect(runs.rows.first()).toContainText('0 of 1 created, 1 not made')
  await expect(page.getByRole('main')).toContainText('1 ticket was not made; the audit says why.')
  expect(await truth()).toBe(0)
  await runs.button('Audit').click()
  await expect(runs.audit.getByRole('table', { name: 'Differences' })).toContainText(
    'decided to count it as not made',
    { timeout: 15_000 },
  )
})
