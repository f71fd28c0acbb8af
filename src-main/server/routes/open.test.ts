import { expect, onTestFinished, test } from 'vitest'
import { readinessOf, type Readiness } from '../../app/readiness.ts'
import { openServedApp } from '../../../test-support/server/served-app.ts'
import { startServer } from '../../../test-support/server/server.ts'

const failure = { code: 'store-unavailable', what: '', consequence: '', hint: '', retryable: true } as const

test.each([
  ['up', {}, null, { ok: true, store: 'up', jira: 'open' }],
  ['down', {}, null, { ok: false, store: 'down', jira: 'open' }],
  ['opening', null, null, { ok: false, store: 'opening', jira: 'opening' }],
  ['up', null, null, { ok: false, store: 'up', jira: 'opening' }],
  ['up', null, failure, { ok: false, store: 'up', jira: 'closed' }],
] as const)('with a store that is %s and an engine %j (%j) it is %j', (store, engine, why, expected) => {
  const parts = { openNow: () => engine as never, failure: () => why }
  expect(readinessOf(store, parts)).toEqual(expected)
})

test('ready is 200 or 503, open to all, in words that give nothing away; health lives on', async () => {
  let readiness: Readiness = { ok: true, store: 'up', jira: 'open' }
  const core = { dispatch: async () => ({ ok: true, result: null }) as const, hub: { onAny: () => () => {} } }
  const fixture = await startServer({ app: { ...core, readiness: () => readiness } as never })
  onTestFinished(() => fixture.close())
  const ask = async (path: string): Promise<readonly [number, unknown]> => {
    const response = await fetch(`${fixture.url}${path}`)
    return [response.status, await response.json()]
  }
  expect(await ask('/ready')).toEqual([200, { ok: true, store: 'up', jira: 'open' }])
  readiness = { ok: false, store: 'down', jira: 'open' }
  expect(await ask('/ready')).toEqual([503, { ok: false, store: 'down', jira: 'open' }])
  expect(await ask('/health')).toEqual([200, { ok: true }])
})

test('a Jira that cannot be opened: the server serves, and says that it is not ready', async () => {
  const env = { JIRA_URL: 'http://127.0.0.1:9', JIRA_USER: 'a@example.com', JIRA_API_KEY: 'planted-secret' }
  const served = await openServedApp({ env })
  await served.app.opened().catch(() => {})
  const response = await fetch(`${served.url}/ready`)
  const text = await response.text()
  expect([response.status, JSON.parse(text)]).toEqual([503, { ok: false, store: 'up', jira: 'closed' }])
  expect(text).not.toMatch(/127|planted|example/)
})
