import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { beforeAll, describe, expect, test } from 'vitest'
import type { WatchedField } from '../../src-shared/domain/ticket.ts'
import { createApp } from './app.ts'
import type { Environment } from '../config/environment.ts'
import { readConfig } from '../config/read-config.ts'
import { startTestSandbox, type TrueIssue } from '#jira-sandbox/testing'
import { createSecrets } from '../secrets/secrets.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { makeTestEnvironment } from '../../test-support/store/store.ts'

const PRIORITY = { id: 'priority', name: 'Priority' }
const SEVERITY = { id: 'customfield_10050', name: 'Severity' }

/** Both kinds of Jira, each watched by its priority and by a severity field. Ids [] are High and Highest by name. */
const KINDS: readonly {
  readonly deployment: 'cloud' | 'data-center'
  readonly field: WatchedField
  readonly ids: string[]
  readonly isWatched: (ticket: TrueIssue) => boolean
}[] = (['cloud', 'data-center'] as const).flatMap((deployment) => [
  { deployment, field: PRIORITY, ids: [], isWatched: ({ priorityId }) => priorityId <= 2 },
  {
    deployment,
    field: SEVERITY,
    ids: ['10100', '10101'],
    isWatched: ({ severityId }) => severityId === 10_100 || severityId === 10_101,
  },
])

// Made before: what is made in tests that run at the same time is not known to be of which.
let environments: readonly Environment[]
beforeAll(async () => {
  environments = await Promise.all(KINDS.map(() => makeTestEnvironment()))
})

describe.concurrent('from connecting to the audit', () => {
  test.each(KINDS.map((kind, nth) => ({ ...kind, nth })))(
    '$deployment, watched by $field.name: every ticket of a run is made once, with a value, and found again',
    { timeout: 60_000 },
    async ({ deployment, field, ids, isWatched, nth }) => {
      const dataDir = mkdtempSync(path.join(tmpdir(), 'tpm-real-'))
      const contextPath = deployment === 'cloud' ? '' : '/jira'
      const site = await startTestSandbox({
        deployment,
        contextPath,
        severity: 'optional',
        historyTickets: 30,
      })
      const log = pino({ level: 'silent' })
      const env = environments[nth] ?? {}
      const read = () => readConfig({ flags: { dataDir }, env, cwd: dataDir })
      const secrets = createSecrets({ dataDir, log, keychain: createMemoryKeychain() })
      const app = createApp(read(), { log, readConfig: read, secrets, background: false })
      try {
        const { client } = app
        const before = await site.truth()
        const preflight = await client.call('settings.connect', {
          url: site.url,
          user: deployment === 'cloud' ? site.email : null,
          token: site.apiToken,
          tokenExpiresOn: null,
          projectKey: 'TPM',
          caFile: null,
          watch: { field, ids },
        })
        expect(preflight).toMatchObject({ state: 'green', deployment })
        const session = await client.call('session.get', {})
        expect(session).toMatchObject({ watchedField: field, site: { kind: deployment } })

        await expect(client.call('data.loadSample', {})).rejects.toMatchObject({
          code: 'usage',
          message: expect.stringContaining('is a real Jira') as string,
        })
        const request = { count: 12, minutes: 0.1, seed: 7, confirmedSite: session.site.id }
        await client.call('runs.start', request)
        await expect
          .poll(async () => (await client.call('runs.current', {}))?.state, {
            timeout: 30_000,
            interval: 100,
          })
          .toBe('done')
        const made = (await site.truth()).slice(before.length)
        expect(made).toHaveLength(12)
        const watched = made.filter(isWatched).length
        expect(watched).toBeGreaterThan(0)
        expect(watched).toBeLessThan(12)

        await client.call('sync.now', {})
        const audit = await client.call('audit.run', {})
        const found = { watched, indexed: watched, fetched: watched, charted: watched }
        expect(audit).toMatchObject({ planned: 12, created: 12, ...found, missing: [], extra: [], ok: true })

        const span = { fromMs: audit.fromMs, toMs: audit.toMs }
        const { url } = await client.call('tickets.jql', span)
        const link = new URL(url ?? '')
        expect(link.href.startsWith(`${site.url}/issues/?jql=`)).toBe(true)
        const { tickets } = await client.call('tickets.list', { ...span, limit: 500 })
        expect(await keysFound({ ...site, deployment }, link.searchParams.get('jql') ?? '')).toEqual(
          tickets.map(({ key }) => key),
        )
      } finally {
        await app.stop()
        await site.stop()
        rmSync(dataDir, { recursive: true })
      }
    },
  )
})

/** The keys that Jira's own search gives for what a person's link asks. */
async function keysFound({ url, email, apiToken, deployment }: FoundIn, jql: string): Promise<string[]> {
  const isCloud = deployment === 'cloud'
  const search = isCloud ? '/rest/api/3/search/jql' : '/rest/api/2/search'
  const authorization = isCloud ? `Basic ${btoa(`${email}:${apiToken}`)}` : `Bearer ${apiToken}`
  const query = new URLSearchParams({ jql, fields: 'key', maxResults: '100' })
  const answer = await fetch(`${url}${search}?${query.toString()}`, { headers: { authorization } })
  expect(answer.status).toBe(200)
  const { issues } = (await answer.json()) as { issues: { key: string }[] }
  return issues.map(({ key }) => key)
}

interface FoundIn {
  readonly url: string
  readonly email: string
  readonly apiToken: string
  readonly deployment: 'cloud' | 'data-center'
}
