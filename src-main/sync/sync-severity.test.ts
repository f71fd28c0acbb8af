import { expect, test } from 'vitest'
import { SEVERITIES, SEVERITY_FIELD } from '#jira-sandbox'
import { openTestSync } from '../../test-support/sync/sync.ts'
import { missTwice } from '../../test-support/sync/history.ts'
import { startSite } from '../../test-support/sync/site.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const [critical, major] = SEVERITIES.map(({ id }) => String(id))
const watchedField = { id: SEVERITY_FIELD.id, name: SEVERITY_FIELD.name }
const watched = [{ id: critical ?? '', name: 'The worst' }]

async function startSeverity(projectKey: string | null) {
  const projects = ['TPM', 'OPS'].map((key) => ({ key, name: key }))
  const site = await startSite({ severity: 'optional', projects, watchedField: watchedField.id })
  const opened = await openTestSync(site.jira, { watchedField, watched, projectKey })
  const add = (severity: string | undefined, project = 'TPM') =>
    site.sandbox.add({
      project: { key: project },
      issuetype: { id: '10001' },
      summary: 'Somebody made this',
      priority: { id: '1' },
      ...(severity !== undefined && { [SEVERITY_FIELD.id]: { id: severity } }),
    })
  const setSeverity = (id: string, severity: string | undefined) =>
    site.sandbox.edit(id, { [SEVERITY_FIELD.id]: severity === undefined ? null : { id: severity } })
  return { ...site, ...opened, add, setSeverity }
}

test.each(['TPM', null])('what is watched may be a severity: project %s', async (projectKey) => {
  const site = await startSeverity(projectKey)
  const kept = await site.add(critical)
  const lowered = await site.add(critical)
  const cleared = await site.add(critical)
  const raised = await site.add(major)
  const other = await site.add(undefined)
  await site.add(critical, 'OPS')
  site.advance(60_000)
  await site.sync.now()
  expectTruth(await site.truth(), await truthOf(site.sandbox, site.scope))

  await site.setSeverity(lowered.id, major)
  await site.setSeverity(cleared.id, undefined)
  await site.setSeverity(raised.id, critical)
  await site.sandbox.edit(kept.id, { priority: { id: '5' } })
  await site.sandbox.edit(other.id, { summary: 'Nothing to us' })
  await site.sync.now()
  expectTruth(await site.truth(), await truthOf(site.sandbox, site.scope))
  const left = await site.left()
  expect(left.map(({ id, reason }) => `${id} ${reason}`).toSorted()).toEqual(
    [`${lowered.id} lowered`, `${cleared.id} lowered`].toSorted(),
  )

  await site.sandbox.remove(kept.id)
  await missTwice(site)
  expectTruth(await site.truth(), await truthOf(site.sandbox, site.scope))
})
