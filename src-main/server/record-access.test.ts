import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changes, openAccessLog } from '../runtime/access-log.ts'
import { logFolder } from '../runtime/log.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { openTokens } from '../../test-support/tokens/open-tokens.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { head, sendRaw } from '../../test-support/server/raw.ts'
import { testFolder } from '../../test-support/end.ts'

const never = new AbortController().signal
const PLANTED = 'planted-5ecret-of-a-body'

let dataDir: string
let accessLog: ReturnType<typeof openAccessLog>
let fixture: ServerFixture
let clock: ReturnType<typeof createHandClock>
beforeEach(async () => {
  dataDir = testFolder()
  accessLog = openAccessLog(dataDir, (error) => {
    throw error
  })
  clock = createHandClock(Date.now())
  fixture = await startServer({ accessLog, clock, limits: { failures: { burst: 3, perSecond: 0.5 } } })
})
afterEach(async () => {
  await fixture.close()
})

type Line = Readonly<Record<string, unknown>>

/** All lines once the server has ended. */
async function lines(): Promise<Line[]> {
  await fixture.server.stop()
  await accessLog.close()
  return written()
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { level: _, time, pid, ...rest } = JSON.parse(line) as Line
      expect(Date.parse(String(time))).not.toBeNaN()
      expect(pid).toBe(process.pid)
      return rest
    })
}

function written(): string {
  return readFileSync(path.join(logFolder(dataDir), 'access.log'), 'utf8')
}

const address = '127.0.0.1'
const ADMINS = { kind: 'session', scope: 'admin' }

async function trade(code: string): Promise<string> {
  const response = await fixture.call('/api/session', { body: JSON.stringify({ code }) })
  expect(response.status).toBe(200)
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

test('a call of scope run or admin has a line: method, who, status; one that only looks on has none', async () => {
  const { token, record } = await fixture.tokens.create({ scope: 'run', ttlMs: 60_000, name: 'night' }, never)
  const headers = { authorization: `Bearer ${token}` }
  await fixture.call('/api/runs.pause', { headers })
  await fixture.call('/api/sync.now', { headers })
  await fixture.call('/api/counts.outside', { headers, body: '{"fromMs":1,"toMs":2}' })
  await fixture.call('/api/data.dropTables', { headers })
  await fixture.call('/api/data.dropTables', { headers: { authorization: '' } })
  const who = { who: record.id, name: 'night', kind: 'token', scope: 'run', address }
  expect(await lines()).toEqual([
    { event: 'call', method: 'runs.pause', ...who, status: 502 },
    { event: 'call', method: 'sync.now', ...who, status: 500 },
    { event: 'call', method: 'data.dropTables', ...who, status: 403 },
    { event: 'call', method: 'data.dropTables', who: null, address, status: 401 },
  ])
})

test('sessions: begun by which link, ended by signing out and by a revoked link; they outlive the server', async () => {
  const begin = async () => {
    const { code, record } = await fixture.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
    return { link: record.id, cookie: await trade(code) }
  }
  const signedOut = await begin()
  const page = { 'content-type': 'application/json', origin: fixture.url, cookie: signedOut.cookie }
  await fetch(`${fixture.url}/api/session/end`, { method: 'POST', headers: page, body: '{}' })
  const revoked = await begin()
  await fixture.tokens.revoke(revoked.link)
  await expect.poll(() => written().split('session-ended')).toHaveLength(3)
  const left = await begin()
  const found = await lines()
  expect(found).toMatchObject([
    ...[signedOut, revoked].flatMap(({ link }) => [
      { ...ADMINS, event: 'session-begun', link },
      { ...ADMINS, event: 'session-ended', link },
    ]),
    { ...ADMINS, event: 'session-begun', link: left.link },
  ])
  expect(found[0]).toMatchObject({ address, until: expect.stringMatching(/Z$/) as string })
  expect(found[1]?.['who']).toBe(found[0]?.['who'])
})

test('refused names, and the moment at which an address is locked out', async () => {
  const host = { host: 'evil.example', 'content-length': '0' }
  await sendRaw(fixture.port, head('POST /api/sync.now HTTP/1.1', host))
  await fixture.call('/api/sync.now', { headers: { origin: `https://${'e'.repeat(300)}.example` } })
  for (let i = 0; i < 5; i++) await fixture.call('/api/session', { body: '{"code":"guess"}' })
  expect(await lines()).toEqual([
    { event: 'refused-host', host: 'evil.example', address },
    { event: 'refused-origin', origin: `https://${'e'.repeat(92)}`, address },
    { event: 'locked-out', address, seconds: 2 },
  ])
})

test('a flood of refusals leaves a bounded number of lines, says how many it left out, and hides no call', async () => {
  const flood = (n: number) =>
    Promise.all(
      Array.from({ length: n }, () => fixture.call('/api/sync.now', { headers: { origin: 'null' } })),
    )
  for (let i = 0; i < 10; i++) await flood(100)
  await fixture.call('/api/sync.now')
  clock.jump(10_000)
  await flood(1)
  const found = await lines()
  const refused = found.filter(({ event }) => event === 'refused-origin')
  expect(refused).toHaveLength(61)
  expect(refused.at(-1)).toMatchObject({ leftOut: 1_001 - refused.length })
  expect(found.filter(({ event }) => event === 'call')).toMatchObject([{ method: 'sync.now', status: 500 }])
})

test('tokens and links that this workspace made and ended are written down, and no secret ever', async () => {
  const { keychain } = fixture
  const { tokens, close } = await openTokens(fixture.dataDir, { keychain, clock, accessLog })
  const { token, record } = await tokens.create({ scope: 'admin', ttlMs: 60_000, name: 'ci' }, never)
  const { code, record: link } = await tokens.createLink({ scope: 'read', ttlMs: 60_000 })
  const body = JSON.stringify({ fromMs: PLANTED, password: PLANTED, token })
  const headers = { authorization: `Bearer ${token}` }
  for (const method of ['settings.useStore', 'runs.start', 'nothing.here']) {
    await fixture.call(`/api/${method}`, { headers, body })
    await fixture.call(`/api/${method}?token=${token}`, { headers, body })
  }
  const cookie = await trade(code)
  await tokens.revoke(record.id)
  const { kid } = await tokens.rotate(never, { revoke: true })
  await close()
  const found = await lines()
  expect(found.filter(({ event }) => /token|link|key/.test(String(event)))).toEqual([
    { event: 'token-made', id: record.id, kind: 'token', scope: 'admin', name: 'ci', until: until(record) },
    { event: 'link-made', id: link.id, kind: 'link', scope: 'read', name: link.name, until: until(link) },
    {
      event: 'token-revoked',
      id: record.id,
      kind: 'token',
      scope: 'admin',
      name: 'ci',
      until: until(record),
    },
    { event: 'key-rotated', key: kid, revoked: 3 },
  ])
  for (const secret of [PLANTED, token, code, cookie.split('=')[1] ?? '', fixture.token]) {
    expect(written()).not.toContain(secret)
  }
  expect(statSync(path.join(logFolder(dataDir), 'access.log')).mode & 0o777).toBe(0o600)
})

function until({ expiresMs }: { readonly expiresMs: number }): string {
  return new Date(expiresMs).toISOString()
}

test('what a window or a screen looks at is no line of its own', () => {
  expect(['overview.get', 'counts.get', 'session.get'].map(changes)).toEqual([false, false, false])
  expect(['runs.start', 'settings.connect', 'no.method'].map(changes)).toEqual([true, true, false])
})
