import { beforeEach, describe, expect, test, vi } from 'vitest'
import { listen, startEdge, statusWith, within, type Edge } from '../../../test-support/server/edges.ts'
import { makeTestData } from '../../../test-support/store/store.ts'
import { CONTRACT_VERSION, SERVED_VERSIONS, VERSION_HEADER } from '../../../src-shared/contract/version.ts'
import { projectVersion } from '../../runtime/project-files.ts'

// Two servers, each of a data folder of its own, over one store.

const { signal } = new AbortController()
const soon = { timeout: 10_000, interval: 5 }
const LOGIN_MS = 90 * 24 * 3_600_000

let here: Edge
let there: Edge
beforeEach(async () => {
  const data = await makeTestData()
  here = await startEdge(data, { name: 'Ops' })
  there = await startEdge(data)
})

interface Said {
  readonly status: number
  readonly body: {
    readonly ok: boolean
    readonly result?: Record<string, unknown>
    readonly error?: Record<string, unknown>
  }
}

async function post(edge: Edge, path: string, body: unknown, token?: string): Promise<Said> {
  const answer = await fetch(`${edge.url}/api/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as Said['body'] }
}

type Scope = 'read' | 'run' | 'admin'

async function newCode(edge: Edge, scope: Scope = 'read', name?: string): Promise<string> {
  return (await edge.tokens.createLink({ scope, ttlMs: 60_000, name })).code
}

interface LoggedIn {
  readonly token: string
  readonly id: string
  readonly scope: string
  readonly expiresMs: number
}

async function login(edge: Edge, scope: Scope = 'read', name?: string): Promise<LoggedIn> {
  const { status, body } = await post(edge, 'login', {
    code: await newCode(edge, scope, name),
    name: 'laptop-7',
  })
  expect(status).toBe(200)
  return body.result as unknown as LoggedIn
}

async function renew(edge: Edge, token: string): Promise<string> {
  const { status, body } = await post(edge, 'token/renew', {}, token)
  expect([status, body.ok]).toEqual([200, true])
  return body.result?.['token'] as string
}

describe('hello', () => {
  test('says who the server is to anybody, cached by nobody, the same at each server of the store', async () => {
    const [answer, other] = [await fetch(`${here.url}/api/hello`), await fetch(`${there.url}/api/hello`)]
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const text = await answer.text()
    expect(text.length).toBeLessThan(400)
    const { ok, result } = JSON.parse(text) as { ok: boolean; result: Record<string, unknown> }
    expect(ok).toBe(true)
    expect(result).toEqual({
      program: 'jira-tpm',
      version: projectVersion(),
      contract: [...SERVED_VERSIONS],
      leastContract: CONTRACT_VERSION - 1,
      serverId: expect.stringMatching(/^jira-tpm:[\da-f-]{36}$/) as string,
      name: 'Ops',
      nowMs: expect.any(Number) as number,
    })
    expect(Math.abs((result['nowMs'] as number) - Date.now())).toBeLessThan(60_000)
    expect(await other.json()).toMatchObject({ result: { serverId: result['serverId'] } })
  })

  test('is answered to a program of any version, which learns by it what there is', async () => {
    const headers = { [VERSION_HEADER]: '99' }
    expect((await fetch(`${here.url}/api/hello`, { headers })).status).toBe(200)
    expect((await fetch(`${here.url}/api/session`, { headers })).status).toBe(409)
  })
})

describe('a program that signs in', () => {
  test('gets a token of the link’s scope for 90 days, which is good at both servers, and opens events there', async () => {
    const { token, id, scope, expiresMs } = await login(here, 'run', 'Anna')
    expect(scope).toBe('run')
    expect(Math.abs(expiresMs - Date.now() - LOGIN_MS)).toBeLessThan(60_000)
    for (const edge of [here, there]) expect(await statusWith(edge, token)).toBe(200)
    await listen(there, { authorization: `Bearer ${token}` })
    const [listed] = await there.tokens.list()
    expect(listed).toMatchObject({ id, name: 'Anna: laptop-7', scope: 'run', expiresMs })
    expect(here.lines).toContainEqual({
      event: 'signed-in',
      fields: expect.objectContaining({ who: id, name: 'Anna: laptop-7', scope: 'run' }) as object,
    })
    expect(JSON.stringify(here.lines)).not.toContain(token)
  })

  test('is one program a code, of twenty that bring it to two servers at once', async () => {
    const code = await newCode(here)
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        post(n % 2 === 0 ? here : there, 'login', { code, name: `m${n}` }),
      ),
    )
    const [won, ...more] = tries.filter(({ status }) => status === 200)
    expect(more).toEqual([])
    const lost = tries.filter(({ status }) => status === 401)
    expect(lost).toHaveLength(19)
    expect(lost[0]?.body.error).toMatchObject({
      code: 'forbidden',
      what: 'This code was used before, has expired or was revoked.',
    })
    expect((await here.tokens.list()).filter(({ loginMs }) => loginMs !== null)).toHaveLength(1)
    expect(await statusWith(there, won?.body.result?.['token'] as string)).toBe(200)
    // Nor does a browser get in by it.
    expect((await post(there, 'session', { code })).status).toBe(401)
  })

  test('gets nothing for a browser’s link, a screen’s, one of no server, or one that was revoked', async () => {
    const used = await newCode(here)
    expect((await post(here, 'session', { code: used })).status).toBe(200)
    const { code: revoked, record } = await here.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
    await there.tokens.revoke(record.id)
    for (const code of [used, revoked, 'x'.repeat(43), '0'])
      expect([code, (await post(here, 'login', { code, name: 'm' })).status]).toEqual([code, 401])
    const { code } = await here.tokens.createLink({ scope: 'display', ttlMs: 60_000 })
    const screen = await post(here, 'login', { code, name: 'm' })
    expect([screen.status, screen.body.error?.['what']]).toEqual([
      400,
      'This link is a screen’s, and lets no program in.',
    ])
  })

  test.each([
    ['no JSON', '{"code":'],
    ['nothing', '{}'],
    ['no name', { code: 'c' }],
    ['an empty name', { code: 'c', name: '' }],
    ['a blank name', { code: 'c', name: '   ' }],
    ['a long name', { code: 'c', name: 'x'.repeat(101) }],
    ['a name that a terminal obeys', { code: 'c', name: 'a\u001B[2J' }],
    ['half a character', '{"code":"c","name":"\\ud800"}'],
    ['a long code', { code: 'x'.repeat(129), name: 'm' }],
    ['a list', []],
    ['a code that is an object', { code: { $ne: '' }, name: 'm' }],
    ['a wish for more', { code: 'c', name: 'm', scope: 'admin' }],
    ['a prototype', '{"code":"c","name":"m","__proto__":{"scope":"admin"}}'],
  ])('with %s is told what is wrong, and nothing happens', async (_what, body) => {
    const { status, body: said } = await post(here, 'login', body)
    expect([status, said.ok, said.error?.['code']]).toEqual([400, false, 'bad-request'])
    expect(await here.tokens.list()).toEqual([])
  })

  test('with 100 characters of any kind is taken; with a body of a megabyte it is not read', async () => {
    const name = '🎫'.repeat(100)
    const code = await newCode(here)
    const escaped = JSON.stringify({ code, name }).replaceAll(
      /[\uD800-\uDFFF]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
    )
    const { status, body } = await post(here, 'login', escaped)
    expect([status, body.ok]).toEqual([200, true])
    expect(await statusWith(there, body.result?.['token'] as string)).toBe(200)
    expect((await post(here, 'login', { code: 'x'.repeat(1_000_000), name: 'm' })).status).toBe(413)
  })
})

describe('a token of a program that signed in', () => {
  test('revoked at one server is refused at both within a second, whatever was renewed, and its socket ends', async () => {
    const { token, id } = await login(here)
    const renewed = await renew(there, token)
    const { closed } = await listen(there, { authorization: `Bearer ${token}` })
    await here.tokens.revoke(id)
    await within(async () => {
      for (const edge of [here, there])
        for (const each of [token, renewed])
          await vi.waitFor(async () => expect(await statusWith(edge, each)).toBe(401), soon)
      await closed
    })
    expect((await post(there, 'token/renew', {}, renewed)).status).toBe(401)
  })

  test('renewed at the other server is good at both, for 90 days anew, and so is the one before: its answer may be lost', async () => {
    const { token, id } = await login(here)
    const answers = [token]
    for (const edge of [there, here, there]) answers.push(await renew(edge, token)) // none of the answers was heard
    for (const edge of [here, there])
      for (const each of [token, answers.at(-1) ?? '']) expect(await statusWith(edge, each)).toBe(200)
    const listed = (await here.tokens.list()).filter((record) => record.id === id)
    expect(listed).toHaveLength(1)
    expect((listed[0]?.former.length ?? 0) <= 3).toBe(true)
  })

  test('of several processes that renew it at once each has one that is good', async () => {
    const { token } = await login(here)
    const all = await Promise.all([renew(here, token), renew(there, token), renew(here, token)])
    for (const each of all) expect(await statusWith(there, each)).toBe(200)
  })

  test('ends when its program signs out, at both; nobody else’s does', async () => {
    const [one, other] = [await login(here), await login(here)]
    expect((await post(there, 'token/end', {}, one.token)).status).toBe(200)
    expect(await statusWith(there, one.token)).toBe(401)
    await within(() => vi.waitFor(async () => expect(await statusWith(here, one.token)).toBe(401), soon))
    expect(await statusWith(here, other.token)).toBe(200)
    expect(there.lines).toContainEqual({
      event: 'signed-out',
      fields: expect.objectContaining({ who: one.id, name: 'laptop-7' }) as object,
    })
  })

  test('that was made otherwise is not renewed, and a browser’s session is none', async () => {
    const { token } = await here.tokens.create({ scope: 'read', ttlMs: 60_000, name: 'ci' }, signal)
    const refused = await post(here, 'token/renew', {}, token)
    expect([refused.status, refused.body.error?.['code']]).toEqual([400, 'usage'])
    const traded = await fetch(`${here.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: await newCode(here) }),
    })
    const cookie = traded.headers.get('set-cookie')?.split(';')[0] ?? ''
    for (const path of ['token/renew', 'token/end']) {
      const headers = { cookie, origin: here.url, 'content-type': 'application/json' }
      const answer = await fetch(`${here.url}/api/${path}`, { method: 'POST', headers, body: '{}' })
      expect([path, answer.status]).toEqual([path, 400])
      expect((await post(here, path, {})).status).toBe(401)
    }
  })

  test('is listed with when it was last used', async () => {
    const { token, id } = await login(here)
    expect((await there.tokens.list())[0]?.usedMs).toBeNull()
    await here.tokens.use([id])
    await statusWith(here, token)
    const { tokens } = await there.store.access()
    expect(Math.abs((tokens[0]?.usedMs ?? 0) - Date.now())).toBeLessThan(60_000)
  })
})
