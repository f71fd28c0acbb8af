import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { events, type EventName } from '../../src-shared/contract/events.ts'
import { METHOD_NAMES } from '../../src-shared/contract/methods.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { DISPLAY_TTL_MS } from '../tokens/lifetimes.ts'

/** Real time and what a test adds. */
const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs, sleep: () => Promise.reject(new Error()) }

let fixture: ServerFixture
beforeEach(async () => {
  clock.aheadMs = 0
  fixture = await startServer({ clock })
})
afterEach(() => fixture.close())

async function hangUp(): Promise<{ id: string; code: string; cookie: string; setCookie: string }> {
  const { code, record } = await fixture.tokens.createLink({ scope: 'display', ttlMs: DISPLAY_TTL_MS })
  return { id: record.id, code, ...(await open(code)) }
}

async function open(code: string): Promise<{ cookie: string; setCookie: string }> {
  const answer = await fixture.call('/api/session', { body: JSON.stringify({ code }) })
  expect(answer.status).toBe(200)
  const setCookie = answer.headers.get('set-cookie') ?? ''
  return { setCookie, cookie: setCookie.split(';')[0] ?? '' }
}

/** As the screen's page sends it: with its cookie, and no token. */
async function status(cookie: string, path: string, method = 'POST'): Promise<number> {
  const headers = { cookie, origin: fixture.url, 'content-type': 'application/json' }
  const body = method === 'POST' ? { body: '{}' } : {}
  return (await fetch(`${fixture.url}${path}`, { method, headers, ...body })).status
}

function listen(cookie: string): WebSocket {
  const headers = { cookie, origin: fixture.url }
  return new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, { headers })
}

describe('a screen', () => {
  test('sees how it is now, and may call nothing else', async () => {
    const { cookie } = await hangUp()
    const statuses = await Promise.all(
      METHOD_NAMES.map(async (name) => [name, await status(cookie, `/api/${name}`)] as const),
    )
    const taken = statuses.filter(([, each]) => each !== 403).map(([name]) => name)
    expect(taken).toEqual(['overview.get'])
    expect(await status(cookie, '/api/session', 'GET')).toBe(200)
    expect([403, 404]).toContain(await status(cookie, '/metrics', 'GET'))
  })

  test('hears that something changed, and neither what is fetched nor who works', async () => {
    const { cookie } = await hangUp()
    const socket = listen(cookie)
    const heard: string[] = []
    socket.on('message', (text: Buffer) =>
      heard.push((JSON.parse(text.toString()) as { event: string }).event),
    )
    await once(socket, 'open')
    for (const event of Object.keys(events) as EventName[]) fixture.hub.publish(event, {})
    fixture.hub.publish('session.changed', {}) // the last
    const some = ['contract.hello', 'counts.changed', 'clock.changed', 'session.changed']
    await vi.waitFor(() => expect(heard).toEqual(['contract.hello', ...some, 'session.changed']))
    socket.close()
  })

  test('is let in as often as it is started, with its cookie also after its browser and the server were', async () => {
    const { code, cookie, setCookie } = await hangUp()
    const expires = Date.parse(/Expires=(?<when>[^;]+)/.exec(setCookie)?.groups?.['when'] ?? '')
    expect(Math.abs(expires - Date.now() - DISPLAY_TTL_MS)).toBeLessThan(60_000)
    expect(setCookie).toMatch(/HttpOnly; SameSite=Strict/)
    expect((await open(code)).cookie.split('=')[1]).toBe(code)
    const { dataDir, tokens } = fixture
    const again = await startServer({ clock, dataDir, tokens })
    const headers = { cookie: `${cookieName(again)}=${cookie.split('=')[1]}`, origin: again.url }
    const answer = await fetch(`${again.url}/api/overview.get`, {
      method: 'POST',
      body: '{}',
      headers: { ...headers, 'content-type': 'application/json' },
    })
    expect([401, 403]).not.toContain(answer.status)
    await again.close()
  })

  test('is let in no more once it is revoked, and its socket ends within a second', async () => {
    const [gone, other] = [await hangUp(), await hangUp()]
    const socket = listen(gone.cookie)
    await once(socket, 'open')
    const closed = once(socket, 'close')
    const began = performance.now()
    await fixture.tokens.revoke(gone.id)
    expect((await closed)[0]).toBe(1008)
    expect(performance.now() - began).toBeLessThan(promisedMs(1_000))
    expect(await status(gone.cookie, '/api/overview.get')).toBe(401)
    const again = await fixture.call('/api/session', { body: JSON.stringify({ code: gone.code }) })
    expect(again.status).toBe(401)
    expect(await status(other.cookie, '/api/overview.get')).not.toBe(401)
  })

  test('has 180 days, and not a day more', async () => {
    const { cookie, code } = await hangUp()
    clock.aheadMs = DISPLAY_TTL_MS - 60_000
    expect(await status(cookie, '/api/overview.get')).not.toBe(401)
    clock.aheadMs = DISPLAY_TTL_MS
    expect(await status(cookie, '/api/overview.get')).toBe(401)
    expect(await fixture.tokens.openLink(code)).toBeNull()
    const longer = { scope: 'display', ttlMs: DISPLAY_TTL_MS + 1 } as const
    await expect(fixture.tokens.createLink(longer)).rejects.toMatchObject({ code: 'usage' })
    const others = { scope: 'read', ttlMs: 24 * 3_600_000 + 1 } as const
    await expect(fixture.tokens.createLink(others)).rejects.toMatchObject({ code: 'usage' })
  })

  test('has a code that is no token', async () => {
    const { code } = await hangUp()
    const headers = { authorization: `Bearer ${code}` }
    expect((await fixture.call('/api/overview.get', { headers })).status).toBe(401)
  })
})

function cookieName({ port }: ServerFixture): string {
  return `jira_tpm_session_${port}`
}
