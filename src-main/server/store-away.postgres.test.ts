import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { testFolder } from '../../test-support/end.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { testConfig } from '../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'
import { machineClock } from '../runtime/clock.ts'
import { openStore } from '../store/open-store.ts'
import { createAccessBook, sourceOf } from '../tokens/access-book.ts'
import { createTokens, type Tokens } from '../tokens/tokens.ts'

const TIMEOUT_MS = 120_000
const soon = { timeout: 60_000, interval: 50 }
const log = pino({ level: 'silent' })
const { signal } = new AbortController()
const wish = { scope: 'read', ttlMs: 600_000, name: 'ci' } as const

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres({ durable: true })
  await queryOnce(postgres.url(), 'CREATE DATABASE access')
})
afterAll(() => postgres.stop())

/** A server over the database, as a process of its own has it. */
async function startEdge(): Promise<ServerFixture & { readonly edge: Tokens }> {
  const { host, port } = postgres
  const config = testConfig({ host, port, database: 'access' })
  const store = await openStore(config, { clock: machineClock, log, password: null })
  const dataDir = testFolder()
  const book = createAccessBook({ source: sourceOf(store), dataDir, log })
  const tokens = createTokens({ book, log, keychain: createMemoryKeychain() })
  const server = await startServer({ tokens, dataDir })
  onTestFinished(async () => {
    await server.close()
    book.close()
    await store.close()
  })
  return { ...server, edge: tokens }
}

async function ask(edge: ServerFixture, token: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await edge.call('/api/counts.outside', { body: '{"fromMs":1,"toMs":2}', headers })
  return { status: answer.status, text: await answer.text() }
}

test(
  'while the store is away who is known goes on, nobody new is let in, and it says why; back, all is read anew',
  { timeout: TIMEOUT_MS },
  async () => {
    const [here, there] = [await startEdge(), await startEdge()]
    const [known, strange, revoked, late] = [
      await here.edge.create(wish, signal),
      await here.edge.create(wish, signal),
      await here.edge.create(wish, signal),
      await here.edge.create(wish, signal),
    ]
    for (const { token } of [known, revoked, late]) expect((await ask(here, token)).status).toBe(200)
    await here.edge.revoke(revoked.record.id)
    const { code } = await here.edge.createLink({ scope: 'read', ttlMs: 600_000 })

    await postgres.kill()
    await vi.waitFor(
      () =>
        expect(here.edge.createLink({ scope: 'read', ttlMs: 60_000 })).rejects.toMatchObject({
          code: 'store-unavailable',
        }),
      soon,
    )
    expect((await ask(here, known.token)).status).toBe(200)
    expect((await ask(here, revoked.token)).status).toBe(401)
    expect((await ask(here, strange.token)).status).toBe(200) // its record is in the book: it was not verified yet
    const unknown = strange.token.replace(
      /\.[^.]+\./,
      `.${Buffer.from('{"jti":"made elsewhere"}').toString('base64url')}.`,
    )
    const refused = await ask(here, unknown)
    expect(refused.status).toBe(503)
    expect(refused.text).toMatch(
      /The store that says who may come in cannot be read now.*Who is known goes on.*Try it again when the store is back/,
    )
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'store-unavailable', retryable: true } })
    const traded = await here.call('/api/session', {
      body: JSON.stringify({ code }),
      headers: { authorization: '' },
    })
    expect(traded.status).toBe(503)
    await expect(here.edge.create(wish, signal)).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
    })
    await expect(here.edge.revoke(known.record.id)).rejects.toMatchObject({ code: 'store-unavailable' })

    // One that starts now knows nobody yet, and says so.
    const started = await startEdge()
    expect(await ask(started, known.token)).toMatchObject({ status: 503 })
    const browser = { cookie: `jira_tpm_session_${started.port}=${'x'.repeat(43)}` }
    expect((await fetch(`${started.url}/api/session`, { headers: browser })).status).toBe(503)

    await postgres.restart()
    await vi.waitFor(async () => expect((await ask(started, known.token)).status).toBe(200), soon)
    expect((await ask(started, revoked.token)).status).toBe(401)
    await vi.waitFor(() => there.edge.revoke(late.record.id), soon)
    await vi.waitFor(async () => expect((await ask(here, late.token)).status).toBe(401), soon)
    const again = await here.call('/api/session', {
      body: JSON.stringify({ code }),
      headers: { authorization: '' },
    })
    expect(again.status).toBe(200)
  },
)
