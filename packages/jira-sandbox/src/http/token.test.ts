import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test-support/server.ts'

const MYSELF = '/rest/api/3/myself'
const SEARCH = '/rest/api/3/search/jql?jql=project=TPM'

let sandbox: TestServer
let gateway: string

beforeEach(async () => {
  sandbox = await startTestServer({ historyTickets: 3 })
  gateway = `/ex/jira/${sandbox.siteId}`
})
afterEach(() => sandbox.stop())

const ask = (path: string, user = `${sandbox.email}:${sandbox.apiToken}`): Promise<Response> =>
  fetch(sandbox.url + path, {
    headers: user === '' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` },
  })
const status = async (path: string, user?: string): Promise<number> => (await ask(path, user)).status
const control = (): Promise<number> => status('/sandbox/clock')

test('the cloud id is reported, and the gateway is another way to the same site', async () => {
  expect(await (await ask('/_edge/tenant_info', '')).json()).toEqual({ cloudId: sandbox.siteId })
  const response = await ask(gateway + SEARCH)
  expect(response.headers.get('x-aaccountid')).toMatch(/^5b10/)
  expect(await response.json()).toMatchObject({ issues: [{}, {}, {}] })
  expect(await status('/ex/jira/another/rest/api/3/myself')).toBe(404)
  expect(await status(gateway + MYSELF, 'somebody:else')).toBe(401)
  expect(await status(`${gateway}/sandbox/clock`)).toBe(404)
})

test('faults and limits meet requests through the gateway as well', async () => {
  await sandbox.setFaults([{ match: { path: '/myself$' }, kind: 'status-503', times: 1 }])
  expect(await status(gateway + MYSELF)).toBe(503)
  await sandbox.setSettings({ burstPerSecond: 1 })
  expect([await status(gateway + MYSELF), await status(MYSELF)]).toEqual([200, 429])
})

test('a scoped token opens the gateway and nothing else', async () => {
  await sandbox.setSettings({ scopedToken: true, anonymous: 'empty' })
  const refused = await ask(SEARCH)
  expect([refused.status, refused.headers.get('x-seraph-loginreason')]).toEqual([401, 'AUTHENTICATED_FAILED'])
  expect(await status(gateway + MYSELF)).toBe(200)
  expect(await status(gateway + SEARCH)).toBe(200)
  expect(await control()).toBe(200)
})

describe('an expired token', () => {
  test('is refused, at the site and at the gateway', async () => {
    await sandbox.setSettings({ token: 'expired' })
    for (const path of [MYSELF, SEARCH, gateway + MYSELF]) expect(await status(path)).toBe(401)
    expect(await status('/rest/api/3/serverInfo', '')).toBe(200)
    expect(await control()).toBe(200)
  })

  test('or finds an empty site', async () => {
    await sandbox.setSettings({ token: 'expired', anonymous: 'empty' })
    const response = await ask(SEARCH)
    expect(response.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED')
    expect(await response.json()).toEqual({ issues: [], isLast: true })
    expect(await status(MYSELF)).toBe(401)
    expect(await status(gateway + MYSELF)).toBe(401)
  })
})

test('a locked-out account is refused as locked out, whatever it asks, and nobody else is', async () => {
  await sandbox.setSettings({ token: 'locked-out' })
  for (const path of [MYSELF, SEARCH, '/rest/api/3/serverInfo']) {
    const response = await ask(path)
    expect([response.status, response.headers.get('x-seraph-loginreason')]).toEqual([
      403,
      'AUTHENTICATION_DENIED',
    ])
  }
  expect(await status('/rest/api/3/serverInfo', '')).toBe(200)
  expect(await control()).toBe(200)
})
