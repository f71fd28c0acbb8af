import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setMood } from '../control.ts'
import { MOOD_NAMES, type MoodName } from './moods.ts'
import { startTestServer, type TestServer } from '../../test-support/server.ts'

const MYSELF = '/rest/api/3/myself'
const SEARCH = '/rest/api/3/search/jql?jql=project=TPM'
const SCREEN = '/rest/api/3/issue/createmeta/TPM/issuetypes/10001'

let sandbox: TestServer

beforeEach(async () => {
  sandbox = await startTestServer({ historyTickets: 3 })
})
afterEach(() => sandbox.stop())

/** What a person's client sees: enough of an answer to tell the moods apart. Silence is what goes on for `patienceMs`. */
async function seen(path: string, patienceMs = 10_000): Promise<string> {
  const user = Buffer.from(`${sandbox.email}:${sandbox.apiToken}`).toString('base64')
  const headers = { authorization: `Basic ${user}` }
  const signal = AbortSignal.timeout(patienceMs)
  try {
    const response = await fetch(sandbox.url + path, { headers, redirect: 'manual', signal })
    const reason = response.headers.get('x-seraph-loginreason') ?? response.headers.get('ratelimit-reason')
    const where = response.headers.get('location')
    return [response.status, reason, where, await response.text()].filter((part) => part !== null).join(' ')
  } catch (error) {
    return signal.aborted ? 'silence' : `broken off: ${(error as Error).message}`
  }
}

const SILENCE = /^silence$/

const SIGNS: Partial<Record<MoodName, [path: string, sign: RegExp][]>> = {
  healthy: [[SEARCH, /^200 \{"issues":\[\{/]],
  'expired-token': [
    [MYSELF, /^401 AUTHENTICATED_FAILED/],
    [SEARCH, /^401 AUTHENTICATED_FAILED/],
  ],
  'looks-empty': [
    [MYSELF, /^401/],
    [SEARCH, /^200 AUTHENTICATED_FAILED \{"issues":\[\],"isLast":true\}$/],
  ],
  'locked-out': [[MYSELF, /^403 AUTHENTICATION_DENIED/]],
  'scoped-token': [[MYSELF, /^401/]],
  'login-page': [[MYSELF, /^200 .*<form/]],
  'login-redirect': [[MYSELF, /^302 \/login\.jsp/]],
  'moved-away': [[MYSELF, /^307 http:\/\/moved\.sandbox\.example\/rest/]],
  down: [
    [MYSELF, /^503 \{/],
    ['/_edge/tenant_info', /^503/],
  ],
  'gateway-error': [[MYSELF, /^502 <html>/]],
  'rate-limited': [[MYSELF, /^429 jira-quota-tenant-based/]],
  slow: [[MYSELF, SILENCE]],
  silent: [[MYSELF, SILENCE]],
  'cut-answers': [[MYSELF, /^broken off: terminated/]],
  'no-project': [
    ['/rest/api/3/project/search', /"total":0/],
    [SEARCH, /^200 \{"issues":\[\],/],
  ],
  'no-create-permission': [['/rest/api/3/mypermissions?permissions=CREATE_ISSUES', /"havePermission":false/]],
  'no-delete-permission': [['/rest/api/3/mypermissions?permissions=DELETE_ISSUES', /"havePermission":false/]],
  'no-priority-on-screen': [[SCREEN, /^(?!.*"priority").*"Summary"/]],
  'other-priorities': [[SCREEN, /"name":"Blocker"/]],
  'localised-priorities': [[SCREEN, /"name":"Höchste"/]],
  'demanding-screen': [[SCREEN, /"required":true[^}]*\}[^}]*"name":"Customer"/]],
  severity: [[SCREEN, /"name":"Severity"/]],
}

describe('a mood', () => {
  test.each(Object.entries(SIGNS))('%s shows', async (mood, signs) => {
    await setMood(sandbox, mood as MoodName, AbortSignal.timeout(5_000))
    for (const [path, sign] of signs) expect(await seen(path, sign === SILENCE ? 100 : 10_000)).toMatch(sign)
  })

  test.each(MOOD_NAMES)(
    '%s leaves the control as it is, and is gone when it is healthy again',
    async (mood) => {
      await sandbox.setMood(mood)
      expect((await sandbox.request('GET', '/sandbox/mood')).body).toEqual({ mood })
      expect(await sandbox.truth()).toHaveLength(3)
      await sandbox.setMood('healthy')
      for (let n = 0; n < 3; n++) expect(await seen(SEARCH)).toMatch(/^200 \{"issues":\[\{/)
      expect((await sandbox.request('GET', '/sandbox/faults')).body).toEqual({ rules: [] })
    },
  )

  test('replaces what was set before, but not what the sandbox was started with', async () => {
    await sandbox.setSettings({ siteZone: 'Europe/Berlin', priorityOnScreen: false })
    await sandbox.setMood('severity')
    expect((await sandbox.request('GET', '/sandbox/settings')).body).toMatchObject({
      siteZone: 'UTC',
      priorityOnScreen: true,
      severity: 'optional',
    })
  })

  test('that nobody knows is refused, with those that there are', async () => {
    const { status, body } = await sandbox.request('PUT', '/sandbox/mood', { mood: 'cheerful' })
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('looks-empty')
  })

  test('flaky fails one in five, the same way every time', async () => {
    await sandbox.setMood('flaky')
    const first: string[] = []
    for (let n = 0; n < 100; n++) first.push((await seen(MYSELF)).slice(0, 12))
    const bad = first.filter((text) => text !== first[0])
    expect(bad.length).toBeGreaterThan(10)
    expect(bad.length).toBeLessThan(35)
    await sandbox.setMood('flaky')
    for (const text of first) expect((await seen(MYSELF)).slice(0, 12)).toBe(text)
  })
})

test('a wrong clock is in the Date header, in stamps and in what the server says, not in the true clock', async () => {
  await sandbox.setMood('wrong-clock')
  const nowMs = sandbox.clock.now()
  const { headers, body } = await sandbox.request('GET', '/rest/api/3/serverInfo')
  expect(headers.get('date')).toBe('Mon, 01 Jun 2026 12:20:00 GMT')
  expect(body).toMatchObject({ serverTime: '2026-06-01T12:20:00.000+0000' })
  await sandbox.add({ project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket' })
  expect((await sandbox.truth()).at(-1)?.createdMs).toBe(nowMs + 1_200_000)
  expect((await sandbox.request('GET', '/sandbox/clock')).body).toMatchObject({ siteMs: nowMs })
  await sandbox.setSettings({ clockSkewMs: -60_000 })
  expect((await sandbox.request('GET', MYSELF)).headers.get('date')).toBe('Mon, 01 Jun 2026 11:59:00 GMT')
})
