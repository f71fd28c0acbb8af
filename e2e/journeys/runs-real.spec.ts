import { callCore, connectTo } from '../fixtures/core.ts'
import { makeRun, openRuns } from '../fixtures/runs-page.ts'
import { expect, test } from '../fixtures/with-site.ts'

test('in a real Jira, tickets are deleted only by who may, and says how many', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  const { site: connected } = await callCore(page, 'session.get', {})
  const { runId } = await makeRun(page, {
    count: 12,
    minutes: 0.1,
    confirmedSite: connected.id,
  })
  const label = `jira-tpm-${runId}`
  await site.add({ labels: ['jira-tpm', label] }) // somebody else’s, which looks like the run’s
  await site.setSettings({ permissions: { delete: false } })

  const runs = await openRuns(page)
  await runs.button('Clean up…').click()
  await expect(runs.cleanUp).toContainText(`12 tickets would be deleted from ${site.host}.`)
  await expect(runs.cleanUp).toContainText('The account may not delete tickets in TPM. Nothing was deleted.')
  await expect(runs.cleanUp.getByText(`labels = ${label} AND key not in (`)).toBeVisible()
  await runs.cleanUp.getByRole('button', { name: 'Copy the search' }).click()
  await expect(runs.cleanUp).toContainText('Copied')

  await site.setSettings({ permissions: {} })
  await runs.button('Look again').click()
  const remove = runs.button('Delete 12 tickets')
  await expect(remove).toBeDisabled()
  await runs.cleanUp.getByLabel('Type 12 to agree').fill('13')
  await page.keyboard.press('Enter')
  await expect(remove).toBeDisabled()
  expect(await site.truth(label)).toHaveLength(13)

  await runs.cleanUp.getByLabel('Type 12 to agree').fill('12')
  await page.keyboard.press('Enter')
  await expect(runs.cleanUp).toContainText('12 tickets deleted.', { timeout: 15_000 })
  expect(await site.truth(label)).toHaveLength(1)
})

test('a ticket that was lost is reported by its key, which leads to Jira', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  const { site: connected } = await callCore(page, 'session.get', {})
  const { runId } = await makeRun(page, {
    count: 12,
    minutes: 0.1,
    weights: { High: 1 },
    confirmedSite: connected.id,
  })
  const [lost, lowered] = await site.truth(`jira-tpm-${runId}`)
  if (lost === undefined || lowered === undefined) throw new Error('The run made no tickets.')
  await site.remove(lost.key)
  await site.edit(lowered.key, { priority: { name: 'Low' } })

  const runs = await openRuns(page)
  await runs.button('Audit').click()
  await expect(runs.audit).toContainText('2 differences', { timeout: 15_000 })
  await expect(runs.figure('created')).toHaveText('=equals 12')
  await expect(runs.figure('indexed')).toHaveText('≠does not equal 10')
  const row = runs.audit
    .getByRole('table', { name: 'Differences' })
    .getByRole('row')
    .filter({ hasText: lost.key })
  await expect(row).toContainText('Deleted')
  await expect(row.getByRole('link')).toHaveAttribute('href', new RegExp(`/browse/${lost.key}$`))
  await runs.audit.getByLabel('Differences', { exact: true }).selectOption({ label: 'Lowered, 1' })
  await expect(row).toHaveCount(0)
  await expect(runs.audit.getByRole('link', { name: lowered.key })).toBeVisible()
})
