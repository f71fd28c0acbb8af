import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import type { Scope } from '../../src-shared/contract/scopes.ts'
import { startCountedJira, type CountedJira } from '../../test-support/server/counted-jira.ts'
import { openServedApp, type ServedApp } from '../../test-support/server/served-app.ts'

const ENDED_RUN = { count: 3, minutes: 0.1, seed: 1 }

let jira: CountedJira
let served: ServedApp
const tokens = {} as Record<Scope, string>

beforeAll(async () => {
  jira = await startCountedJira()
  served = await openServedApp({ env: jira.env })
  for (const scope of ['read', 'run'] as const) tokens[scope] = await served.token(scope)
  const { client } = served.app
  await served.app.start()
  await client.call('runs.start', {
    ...ENDED_RUN,
    confirmedSite: (await client.call('session.get', {})).site.id,
  })
  await until(async () => (await client.call('runs.current', {}))?.state === 'done')
  await jira.site.setMood('expired-token')
  await until(async () => (await client.call('sync.status', {})).failure?.code === 'not-authenticated')
}, 60_000)

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50)
}

/** The code of the failure, and how much was sent to Jira for it. */
async function call(
  scope: Scope,
  method: string,
  params: object,
  { url }: ServedApp = served,
): Promise<{ code: string; sent: number }> {
  const before = jira.paths.length
  const response = await fetch(`${url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[scope]}`, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  const { error } = (await response.json()) as { error?: { code: string } }
  return { code: error?.code ?? '', sent: jira.paths.length - before }
}

const REFUSED = { code: 'not-authenticated', sent: 0 }

test('thirty audits by a reader send nothing with a token that Jira refused', async () => {
  const toMs = Date.now()
  const span = { fromMs: toMs - 3_600_000, toMs }
  for (let audits = 0; audits < 15; audits++) {
    expect(await call('read', 'audit.span', span)).toEqual(REFUSED)
    expect(await call('read', 'audit.run', {})).toEqual(REFUSED)
  }
})

test('nor does the preview of a clean-up', async () => {
  const runId = (await served.app.client.call('runs.current', {}))?.runId
  expect(await call('run', 'runs.cleanUpPreview', { runId })).toEqual(REFUSED)
})

test('of five fetches by hand within a minute one tries the log-in, and starting a run tries it no sooner', async () => {
  const first = await call('run', 'sync.now', {})
  expect(first.code).toBe('not-authenticated')
  // Once at the site and once at the gateway, where a token with scopes would be taken.
  const logIns = jira.paths.slice(-first.sent).filter((path) => path.endsWith('/myself'))
  expect(logIns.length).toBeGreaterThan(0)
  expect(new Set(logIns).size).toBe(logIns.length)
  for (let fetches = 0; fetches < 4; fetches++) expect(await call('run', 'sync.now', {})).toEqual(REFUSED)
  const confirmedSite = (await served.app.client.call('session.get', {})).site.id
  expect(await call('run', 'runs.start', { ...ENDED_RUN, confirmedSite })).toMatchObject({ sent: 0 })
  expect(await call('read', 'audit.run', {})).toEqual(REFUSED)
})

test('connecting with it tries the log-in once a minute at most', async () => {
  tokens.admin = await served.token('admin')
  const draft = {
    url: jira.env['JIRA_URL'],
    user: jira.site.email,
    token: jira.site.apiToken,
    tokenExpiresOn: null,
    projectKey: 'TPM',
    caFile: null,
    watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
  }
  expect((await call('admin', 'settings.preflight', draft)).sent).toBeGreaterThan(0)
  for (let tries = 0; tries < 4; tries++) {
    expect((await call('admin', 'settings.preflight', { ...draft, projectKey: null })).sent).toBe(0)
  }
  const { steps } = await served.app.client.call('settings.preflight', { ...draft, url: draft.url ?? '' })
  expect(steps.find(({ state }) => state === 'failed')?.message).toContain('token')
})

test('a server that could not even log in at its start tries it again by hand alone, and once a minute', async () => {
  const late = await openServedApp({ env: jira.env })
  tokens.run = await late.token('run')
  await expect(late.app.opened()).rejects.toMatchObject({ code: 'not-authenticated' })
  expect(await call('run', 'audit.run', {}, late)).toEqual(REFUSED)
  expect((await call('run', 'sync.now', {}, late)).sent).toBeGreaterThan(0)
  for (let fetches = 0; fetches < 4; fetches++)
    expect(await call('run', 'sync.now', {}, late)).toEqual(REFUSED)
})
