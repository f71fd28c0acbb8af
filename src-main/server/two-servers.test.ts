import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { listen, startEdge, statusWith, within, type Edge } from '../../test-support/server/edges.ts'
import { makeTestData, type TestData } from '../../test-support/store/store.ts'

// Two servers, each of a data folder of its own, over one store.

const { signal } = new AbortController()
const soon = { timeout: 10_000, interval: 5 }

let data: TestData
let here: Edge
let there: Edge
beforeEach(async () => {
  data = await makeTestData()
  here = await startEdge(data)
  there = await startEdge(data)
})

const wish = { scope: 'read', ttlMs: 60_000, name: 'ci' } as const

async function trade(edge: Edge, code: string): Promise<{ status: number; secret: string }> {
  const answer = await edge.call('/api/session', {
    body: JSON.stringify({ code }),
    headers: { authorization: '' },
  })
  return {
    status: answer.status,
    secret: /=(?<secret>[^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '',
  }
}

/** The browser's, as the edge's address has it. */
function headersOf(edge: Edge, secret: string): Record<string, string> {
  return {
    cookie: `jira_tpm_session_${edge.port}=${secret}`,
    origin: edge.url,
    'content-type': 'application/json',
  }
}

async function sessionAt(edge: Edge, secret: string): Promise<number> {
  return (await fetch(`${edge.url}/api/session`, { headers: headersOf(edge, secret) })).status
}

describe('a token', () => {
  test('is good at each server at once, whichever workspace signed it; each signs with a key of its own', async () => {
    const [one, other] = [await here.tokens.create(wish, signal), await there.tokens.create(wish, signal)]
    for (const edge of [here, there])
      for (const { token } of [one, other]) expect(await statusWith(edge, token)).toBe(200)
    expect(one.record.kid).not.toBe(other.record.kid)
  })

  test('revoked at one is refused at the other within a second, and its socket there ends', async () => {
    const { token, record } = await here.tokens.create(wish, signal)
    expect(await statusWith(there, token)).toBe(200)
    const { closed } = await listen(there, { authorization: `Bearer ${token}` })
    await here.tokens.revoke(record.id)
    expect(await statusWith(here, token)).toBe(401)
    await within(async () => {
      await vi.waitFor(async () => expect(await statusWith(there, token)).toBe(401), soon)
      await closed
    })
  })

  test('of any workspace is ended by `rotate --revoke` of one', async () => {
    const { token } = await here.tokens.create(wish, signal)
    expect(await statusWith(here, token)).toBe(200)
    await there.tokens.rotate(signal, { revoke: true })
    await within(() => vi.waitFor(async () => expect(await statusWith(here, token)).toBe(401), soon))
    const next = await here.tokens.create(wish, signal)
    expect(await statusWith(there, next.token)).toBe(200)
  })
})

test('a revoked token is refused within a second by a server that has the counts in memory and answers them all the time', async () => {
  const shown = { seq: 1, provisionalFromMinute: 2, known: [] }
  const dispatch = vi.fn(async () => ({ ok: true, result: shown }) as const)
  const app = {
    dispatch,
    hub: createEventHub(),
    readiness: () => ({ ok: true, store: 'up', jira: 'open' }) as const,
    countsState: () => ({ ...shown, of: app }),
  }
  const warm = await startEdge(data, { app })
  const { token, record } = await here.tokens.create(wish, signal)
  const counts = async (): Promise<number> => {
    const answer = await warm.call('/api/counts.get', {
      headers: { authorization: `Bearer ${token}` },
      body: '{"fromMs":0,"toMs":3600000,"bucketMinutes":1}',
    })
    await answer.arrayBuffer()
    return answer.status
  }
  for (let n = 0; n < 20; n++) expect(await counts()).toBe(200)
  expect(dispatch).toHaveBeenCalledTimes(1)
  const revoked = here.tokens.revoke(record.id)
  await within(async () => {
    while ((await counts()) === 200);
    await revoked
  })
  expect(await counts()).toBe(401)
})

describe('a browser', () => {
  test('of twenty that bring one code to two servers at once one is let in', async () => {
    const { code } = await here.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, n) => trade(n % 2 === 0 ? here : there, code)),
    )
    expect(tries.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 401),
    ])
    const begun = [...here.lines, ...there.lines].filter(({ event }) => event === 'session-begun')
    expect(begun).toHaveLength(1)
  })

  test('that signed in at one is known at the other, goes on when the first ends, and signs out there for both', async () => {
    const { code } = await here.tokens.createLink({ scope: 'run', ttlMs: 60_000 })
    const { secret } = await trade(here, code)
    expect([await sessionAt(here, secret), await sessionAt(there, secret)]).toEqual([200, 200])
    const end = { method: 'POST', headers: headersOf(there, secret), body: '{}' }
    expect((await fetch(`${there.url}/api/session/end`, end)).status).toBe(200)
    expect(await sessionAt(there, secret)).toBe(401)
    await within(() => vi.waitFor(async () => expect(await sessionAt(here, secret)).toBe(401), soon))

    const next = await here.tokens.createLink({ scope: 'run', ttlMs: 60_000 })
    const other = await trade(here, next.code)
    await here.server.stop()
    expect(await sessionAt(there, other.secret)).toBe(200)
  })

  test('whose link is revoked at one is refused at the other within a second; that it ended is recorded once', async () => {
    const { code, record } = await here.tokens.createLink({ scope: 'run', ttlMs: 60_000 })
    const { secret } = await trade(there, code)
    await sessionAt(here, secret)
    await here.tokens.revoke(record.id)
    expect(await sessionAt(here, secret)).toBe(401)
    await within(() => vi.waitFor(async () => expect(await sessionAt(there, secret)).toBe(401), soon))
    const events = () => [...here.lines, ...there.lines].map(({ event }) => event).toSorted()
    await vi.waitFor(() => expect(events()).toContain('session-ended'), soon)
    await Promise.all([here.tokens.look(), there.tokens.look()])
    expect(events()).toEqual(['link-made', 'session-begun', 'session-ended', 'token-revoked'])
  })
})
