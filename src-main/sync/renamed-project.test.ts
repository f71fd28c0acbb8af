import { expect, test } from 'vitest'
import type { SyncJira } from './sync.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { openTestSync, startJira } from '../../test-support/sync/sync.ts'

/** Jira after the key of TPM was changed: the old key still finds its tickets, which come with the new one. */
function renamedTo(jira: SyncJira, newKey: string): SyncJira {
  return {
    ...jira,
    projects: async () => [{ id: '10000', key: newKey, name: 'Tickets per minute' }],
    async search(query, signal) {
      const page = await jira.search(query, signal)
      const tickets = page.tickets.map((ticket) => ({
        ...ticket,
        projectKey: newKey,
        key: ticket.key.replace('TPM', newKey),
      }))
      return { ...page, tickets }
    },
  }
}

test('a project whose key was changed is not taken for tickets that were moved away', async () => {
  const { jira } = await startJira({ historyTickets: 40 })
  const store = await openTestStore()
  const before = await openTestSync(jira, { store, projectKey: 'TPM' })
  await before.sync.now()
  const stored = await before.stored()
  expect(stored.length).toBeGreaterThan(0)

  const renamed = await openTestSync(renamedTo(jira, 'URGENT'), { store, projectKey: 'TPM' })
  await expect(renamed.sync.now()).rejects.toMatchObject({ code: 'not-configured' })
  expect(renamed.sync.status()).toMatchObject({ state: 'stopped' })
  expect(renamed.sync.status().failure?.hint).toContain('URGENT')
  expect(await renamed.stored()).toEqual(stored)
  expect(await renamed.left()).toEqual([])
})

test('a project that the account does not see any more is one sentence, and asked for again', async () => {
  const { jira, sandbox } = await startJira({ historyTickets: 5, unseenInJql: 'refused' })
  await sandbox.setSettings({ projects: [{ key: 'OPS', name: 'Operations' }], hiddenProjects: ['TPM'] })
  const { sync } = await openTestSync(jira, { projectKey: 'TPM' })
  await expect(sync.now()).rejects.toMatchObject({
    code: 'jira-refused',
    message: expect.stringContaining(
      'The account sees no project with the key TPM. Nothing was fetched;',
    ) as string,
    hint: 'It sees OPS.',
  })
})
