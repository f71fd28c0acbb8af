import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pino } from 'pino'
import type { Reply } from '../../src-shared/contract/dispatch.ts'
import {
  LARGE_METHODS,
  MAX_LARGE_PARAMS_LENGTH,
  MAX_PARAMS_LENGTH,
} from '../../src-shared/contract/methods.ts'
import { MAX_BODY_BYTES } from './routes/calls.ts'
import { createServer, MAX_OPEN_BODY_BYTES } from './server.ts'
import { PAGE, startServer, type ServerFixture } from '../../test-support/server/server.ts'

let fixture: ServerFixture
beforeAll(async () => {
  fixture = await startServer()
})
afterAll(() => fixture.close())

const span = JSON.stringify({ fromMs: 42, toMs: 60_000 })

async function code(response: Response): Promise<string> {
  const reply = (await response.json()) as Reply
  return reply.ok ? 'ok' : reply.error.code
}

/** `fetch` sets Host itself and hides it from us; this sends what is asked. */
function statusWithHeaders(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${fixture.url}${path}`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', reject)
    call.end(span)
  })
}

function trade(offered: string): Promise<Response> {
  return fetch(`${fixture.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: offered }),
  })
}

function codeOf(link: string): string {
  return new URL(link).hash.replace('#code=', '')
}

describe('calls', () => {
  test('a call with the bearer token gets its result', async () => {
    const response = await fixture.call('/api/counts.outside', { body: span })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ok: true, result: { before: 42 } })
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test.each([
    { name: 'an unknown method', path: '/api/counts.all', body: '{}', status: 404, says: 'unknown-method' },
    {
      name: 'a method of the prototype',
      path: '/api/toString',
      body: '{}',
      status: 404,
      says: 'unknown-method',
    },
    { name: 'a missing value', path: '/api/counts.outside', body: '{}', status: 400, says: 'bad-request' },
    {
      name: 'a value too many',
      path: '/api/counts.outside',
      body: JSON.stringify({ fromMs: 1, toMs: 2, more: 3 }),
      status: 400,
      says: 'bad-request',
    },
    { name: 'no JSON', path: '/api/counts.outside', body: '{"fromMs": 1', status: 400, says: 'bad-request' },
    { name: 'no body', path: '/api/counts.outside', body: '', status: 400, says: 'bad-request' },
    {
      name: 'a prototype in the JSON',
      path: '/api/counts.outside',
      body: '{"__proto__": {"fromMs": 1}, "toMs": 2}',
      status: 400,
      says: 'bad-request',
    },
    {
      name: 'more than the contract takes',
      path: '/api/counts.outside',
      body: JSON.stringify({ fromMs: 1, toMs: 2, more: 'x'.repeat(MAX_PARAMS_LENGTH) }),
      status: 413,
      says: 'too-large',
    },
    {
      name: 'more than is read',
      path: '/api/counts.outside',
      body: `"${'x'.repeat(MAX_BODY_BYTES)}"`,
      status: 413,
      says: 'too-large',
    },
    {
      name: "Jira's own refusal",
      path: '/api/runs.pause',
      body: '{}',
      status: 502,
      says: 'not-authenticated',
    },
  ])('$name is refused with $status $says', async ({ path, body, status, says }) => {
    const response = await fixture.call(path, { body })
    expect(response.status).toBe(status)
    expect(await code(response)).toBe(says)
  })

  test('a body that is not JSON by its type is refused with 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const response = await fixture.call('/api/counts.outside', {
        body: span,
        headers: { 'content-type': type },
      })
      expect([type, response.status, await code(response)]).toEqual([type, 415, 'bad-request'])
    }
  })

  test('a bug inside shows nothing of itself', async () => {
    const response = await fixture.call('/api/runs.stop')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
  })
})

/** The answer to the head of a request alone, which promises a body of a length that never comes. */
function headAlone(path: string, length: number, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${fixture.url}${path}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': length, ...headers },
      },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
        call.destroy()
      },
    )
    call.on('error', reject)
    call.flushHeaders()
  })
}

describe('what is read', () => {
  test.each(['/api/runs.start', '/api/runs.readReplay', '/api/counts.get'])(
    'nothing of a call to %s by somebody who is not known',
    async (path) => expect(await headAlone(path, 1_000)).toBe(401),
  )

  test.each(['/api/session', '/api/session/more', '/nowhere', '/'])(
    'next to nothing at %s, where nobody is known yet',
    async (path) => expect([404, 413]).toContain(await headAlone(path, MAX_OPEN_BODY_BYTES + 1)),
  )

  test('no more of a call than the contract takes', async () => {
    const authorization = `Bearer ${fixture.token}`
    expect(await headAlone('/api/runs.resume', MAX_BODY_BYTES + 1, { authorization })).toBe(413)
    for (const method of LARGE_METHODS) {
      const most = 3 * MAX_LARGE_PARAMS_LENGTH
      expect(await headAlone(`/api/${method}`, most + 1, { authorization })).toBe(413)
      const file = await fixture.call(`/api/${method}`, {
        body: `"${'€'.repeat(MAX_LARGE_PARAMS_LENGTH - 2)}"`,
      })
      expect([method, file.status, await code(file)]).toEqual([method, 400, 'bad-request'])
    }
  })
})

describe('who may call', () => {
  test.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer abc' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: 'Basic abc' }],
    ['a made-up cookie', { cookie: 'jira_tpm_session=abc' }],
  ])('%s is refused with 401', async (_name, headers: Record<string, string>) => {
    const response = await fetch(`${fixture.url}/api/counts.outside`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: span,
    })
    expect(response.status).toBe(401)
    expect(await code(response)).toBe('forbidden')
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('health is open and says nothing else', async () => {
    const response = await fetch(`${fixture.url}/health`)
    expect(await response.json()).toEqual({ ok: true })
  })
})

describe('the one-time link', () => {
  test('its code makes one session, is spent then, and no other is made by itself', async () => {
    const first = codeOf(fixture.link)
    const response = await trade(first)
    expect(response.status).toBe(200)
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/; HttpOnly/)
    expect(cookie).toMatch(/; SameSite=Strict/)

    const session = cookie.split(';')[0] ?? ''
    const call = await fetch(`${fixture.url}/api/counts.outside`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: session, origin: fixture.url },
      body: span,
    })
    expect(call.status).toBe(200)

    const again = await trade(first)
    expect(again.status).toBe(401)
    expect(again.headers.get('set-cookie')).toBeNull()

    const links = (await fixture.tokens.list()).filter(({ link }) => link !== null)
    expect(links.map(({ link }) => link?.spentMs === null)).toEqual([false])
    const { code: next } = await fixture.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
    expect((await trade(next)).status).toBe(200)
  })

  test('a wrong code and a wrong body make none', async () => {
    expect((await trade('guess')).status).toBe(401)
    const response = await fixture.call('/api/session', { body: '{"code": 7}' })
    expect(response.status).toBe(400)
  })
})

describe('requests of another web site', () => {
  const json = { 'content-type': 'application/json' }

  test.each(['evil.example', '127.0.0.1', 'localhost:1', `127.0.0.1.evil.example`])(
    'Host %s is refused, with the right token too',
    async (host) => {
      const authorization = `Bearer ${fixture.token}`
      expect(await statusWithHeaders('/api/counts.outside', { ...json, authorization, host })).toBe(403)
      expect(await statusWithHeaders('/health', { host })).toBe(403)
    },
  )

  test('each name of this machine is taken', async () => {
    const authorization = `Bearer ${fixture.token}`
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      const host = `${name}:${fixture.port}`
      expect(await statusWithHeaders('/api/counts.outside', { ...json, authorization, host })).toBe(200)
    }
  })

  test.each(['https://evil.example', 'null', 'http://localhost:1', 'https://127.0.0.1'])(
    'Origin %s is refused',
    async (origin) => {
      const response = await fixture.call('/api/counts.outside', { body: span, headers: { origin } })
      expect(response.status).toBe(403)
      expect(await code(response)).toBe('forbidden')
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    },
  )
})

describe('the page', () => {
  test('is served with a strict policy and always asked for anew', async () => {
    const response = await fetch(`${fixture.url}/`)
    expect(await response.text()).toBe(PAGE)
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('its files, named by their content, are kept for good', async () => {
    const response = await fetch(`${fixture.url}/assets/app-1a2b.js`)
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(response.headers.get('content-type')).toContain('javascript')
  })

  test.each(['/nothing.html', '/..%2f..%2fetc/passwd', '/assets/..%2f..%2f..%2fetc/passwd', '/.env'])(
    '%s is not there',
    async (path) => {
      const response = await fetch(`${fixture.url}${path}`)
      expect([400, 403, 404]).toContain(response.status)
      expect(await response.text()).not.toContain('root:')
    },
  )
})

describe('start and stop', () => {
  const options = {
    app: {
      dispatch: async () => ({ ok: true, result: null }) as Reply,
      hub: { onAny: () => () => {} } as never,
      readiness: () => ({ ok: true, store: 'up', jira: 'open' }) as const,
    },
    log: pino({ level: 'silent' }),
    dataDir: '/nowhere',
  }

  test('a port in use is named, with what to do', async () => {
    const second = createServer({
      ...options,
      tokens: fixture.tokens,
      rendererDir: fixture.rendererDir,
      port: fixture.port,
    })
    await expect(second.start()).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`Port ${fixture.port}`) as string,
      hint: expect.stringContaining('--port') as string,
    })
    await second.stop()
  })

  test('a dashboard that is not built is said so', async () => {
    const server = createServer({ ...options, tokens: fixture.tokens, rendererDir: '/nowhere', port: 0 })
    await expect(server.start()).rejects.toMatchObject({ code: 'not-found' })
    await server.stop()
  })

  test('stop is safe to call twice, and the port is free then', async () => {
    const first = await startServer()
    await first.server.stop()
    await first.close()
    await expect(fetch(`${first.url}/health`)).rejects.toThrow('fetch failed')
  })
})
