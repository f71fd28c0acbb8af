import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Scope } from '../../src-shared/contract/schema.ts'
import type { WireError } from '../../src-shared/errors/app-error.ts'
import type { Preflight } from '../../src-shared/contract/settings.ts'
import { machineClock } from '../runtime/clock.ts'
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
  const { code, sent } = await answer(scope, method, params, url)
  return { code, sent }
}

async function answer(
  scope: Scope,
  method: string,
  params: object,
  url = served.url,
): Promise<{ code: string; sent: number; hint: string; result: unknown }> {
  const before = jira.paths.length
  const response = await fetch(`${url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[scope]}`, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  const { error, result } = (await response.json()) as { error?: WireError; result?: unknown }
  return { code: error?.code ?? '', hint: error?.hint ?? '', sent: jira.paths.length - before, result }
}

const HELD_BACK =
  /^Jira refused the log-in at \d\d:\d\d:\d\d UTC; nothing is sent again before \d\d:\d\d:\d\d UTC\. Give another token, or wait\./
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
  const { hint } = await answer('run', 'sync.now', {})
  expect(hint).toMatch(HELD_BACK)
  const status = await answer('read', 'sync.status', {})
  expect(status.result).toMatchObject({ failure: { hint } })
  const confirmedSite = (await served.app.client.call('session.get', {})).site.id
  expect(await answer('run', 'runs.start', { ...ENDED_RUN, confirmedSite })).toMatchObject({
    sent: 0,
    hint: expect.stringMatching(HELD_BACK) as string,
  })
  expect(await call('read', 'audit.run', {})).toEqual(REFUSED)
})

function draft(changes: { token?: string; user?: string; url?: string } = {}): object {
  return {
    url: jira.env['JIRA_URL'],
    user: jira.site.email,
    token: jira.site.apiToken,
    tokenExpiresOn: null,
    projectKey: 'TPM',
    caFile: null,
    watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
    ...changes,
  }
}

function failedStep(result: unknown): object | undefined {
  return (result as Preflight).steps.find(({ state }) => state === 'failed')
}

describe('connecting', () => {
  test('with what a fetch by hand has tried in this minute sends nothing; Account says until when', async () => {
    tokens.admin = await served.token('admin')
    const { sent, result } = await answer('admin', 'settings.preflight', draft())
    expect(sent).toBe(0)
    const others = (result as Preflight).steps.filter(({ state }) => state === 'not-tried')
    expect(others).toHaveLength((result as Preflight).steps.length - 1)
    expect(failedStep(result)).toMatchObject({
      id: 'identity',
      message: expect.stringContaining('did not accept') as string,
      hint: expect.stringMatching(HELD_BACK) as string,
    })
  })

  test.each([
    ['token', () => ({ token: 'another-token' })],
    ['user', () => ({ user: 'another@example.com' })],
    ['address', () => ({ url: jira.env['JIRA_URL']?.replace('127.0.0.1', 'localhost') ?? '' })],
  ])('with another %s is tried at once, and then once a minute at most', async (_what, changes) => {
    const other = draft(changes())
    const first = await answer('admin', 'settings.preflight', other)
    expect(first.sent).toBeGreaterThan(0)
    expect(failedStep(first.result)).toMatchObject({ id: 'identity' })
    for (let tries = 0; tries < 4; tries++) {
      const again = await answer('admin', 'settings.preflight', { ...other, projectKey: null })
      expect(again.sent).toBe(0)
      expect(failedStep(again.result)).toMatchObject({
        id: 'identity',
        message: expect.stringContaining('did not accept') as string,
        hint: expect.stringMatching(HELD_BACK) as string,
      })
    }
  })
})

test('a server that could not even log in at its start tries it again by hand alone, and once a minute', async () => {
  let laterMs = 0
  const clock = { ...machineClock, elapsedMs: () => performance.now() + laterMs }
  const late = await openServedApp({ env: jira.env, clock })
  tokens.run = await late.token('run')
  await expect(late.app.opened()).rejects.toMatchObject({ code: 'not-authenticated' })
  expect(await call('run', 'audit.run', {}, late)).toEqual(REFUSED)
  expect((await call('run', 'sync.now', {}, late)).sent).toBeGreaterThan(0)
  for (let fetches = 0; fetches < 4; fetches++) {
    expect(await call('run', 'sync.now', {}, late)).toEqual(REFUSED)
  }
  expect((await answer('run', 'sync.now', {}, late.url)).hint).toMatch(HELD_BACK)
  await jira.site.setMood('healthy')
  expect(await call('run', 'sync.now', {}, late)).toEqual(REFUSED)
  laterMs = 60_000
  expect((await answer('run', 'sync.now', {}, late.url)).result).toMatchObject({ pages: 1 })
})
