import { expect, test } from 'vitest'
import { DEFAULT_WATCH, type Config } from '../config/config.ts'
import type { Engine } from '../app/engine.ts'
import { settingsView } from './settings.ts'

test('what the environment says to watch is shown by the ids that it means on the site that is open', async () => {
  const jira = {
    kind: 'site',
    url: 'https://jira.example.com',
    user: null,
    token: 's3cret',
    tokenExpiresOn: null,
    caFile: null,
    watch: { ...DEFAULT_WATCH, ids: ['critical'] },
    watchOfEnvironment: { field: 'severity' },
  }
  const watchedField = { id: 'customfield_10050', name: 'Severity' }
  const session = { watchedField, watched: [{ id: '10100', name: 'Critical' }] }
  let open: Engine | null = null
  const parts: Parameters<typeof settingsView>[0] = {
    engine: {
      config: () => ({ jira, projectKey: null, jiraFixedBy: 'JIRA_URL' }) as Partial<Config> as Config,
      failure: () => null,
      openNow: () => open,
    },
    secrets: { store: async () => ({ kind: 'none', label: '', problem: null }), kept: async () => null },
  }
  const shown = async (): Promise<unknown> =>
    (await settingsView(parts, new AbortController().signal)).jira?.watch
  expect(await shown()).toEqual(jira.watch)
  open = { handlers: { 'session.get': async () => session } } as unknown as Engine
  expect(await shown()).toEqual({ field: watchedField, ids: ['10100'] })
})
