import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, inject, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { MethodName, Params, Result } from '../../src-shared/contract/methods.ts'
import { startTestSite } from '../../test-support/app.ts'
import { atEnd, testFolder } from '../../test-support/end.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { queryWith } from '../../test-support/store/postgres-query.ts'
import { makeTestData } from '../../test-support/store/store.ts'
import { storeText } from '../config/store-config.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'
import { createAccessBook, sourceOf } from '../tokens/access-book.ts'
import { createTokens } from '../tokens/tokens.ts'

const WINDOWS = 50
const MOST = 4
const HISTORY = { historyTickets: 3_000, historyHours: 24 * 30 }
/** Each has a login of its own, by which its sessions are told apart. */
const ROLES = [
  { user: 'sessions_fetcher', flags: [] },
  { user: 'sessions_edge', flags: ['--edge'] },
  { user: 'sessions_hooks', flags: ['--hooks', '--hooks-port', '0'] },
]
const USERS = ROLES.map(({ user }) => user)
const SESSIONS = `SELECT usename AS "user", count(*)::int AS n FROM pg_stat_activity
  WHERE application_name = 'jira-tpm' AND usename = ANY($1) GROUP BY usename`

test(
  `a server of any role has ${MOST} sessions of the database at most, with ${WINDOWS} windows of its own while all is fetched`,
  { timeout: 240_000 },
  async () => {
    const team = await startTeam()
    const { url: fetcher = '', token } = team.servers[0] ?? { token: '' }
    const fetched = async (): Promise<number> => {
      const { state, lastSuccessMs, storedTickets } = await call(fetcher, token, 'sync.status', {})
      return state === 'idle' && lastSuccessMs !== null ? storedTickets : 0
    }
    await vi.waitFor(async () => expect(await fetched()).toBeGreaterThan(0), { timeout: 60_000 })
    const windows = await Promise.all(
      team.servers.map(({ url, tokens }) => Promise.all(tokens.map((own) => openWindow(url, own)))),
    )

    const most = watchSessions(team.databaseUrl)
    await call(fetcher, token, 'data.dropTables', { confirm: true })
    const before = windows.map((own) => own.reduce((sum, window) => sum + window.looks(), 0))
    await call(fetcher, token, 'data.createTables', {})
    await vi.waitFor(async () => expect(await fetched()).toBeGreaterThan(0), { timeout: 120_000 })
    for (const [n, own] of windows.entries())
      expect(own.reduce((sum, window) => sum + window.looks(), 0)).toBeGreaterThan(before[n] ?? 0)

    const found = await most.stop()
    expect(Object.keys(found).toSorted()).toEqual(USERS.toSorted())
    expect(found['sessions_fetcher']).toBeGreaterThan(1)
    expect(Object.values(found).filter((n) => n > MOST)).toEqual([])
  },
)

/** A Jira, a database, and a process of each role with as many tokens as it has windows. */
async function startTeam() {
  const site = await startTestSite(HISTORY)
  const data = await makeTestData()
  const databaseUrl = storeText(data.config)
  for (const user of USERS) await data.query(`CREATE ROLE ${user} LOGIN SUPERUSER`)
  atEnd(async () => {
    for (const user of USERS) await data.query(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`)
  })
  const store = await data.open()
  const servers = []
  for (const { user, flags } of ROLES) {
    const env = {
      JIRA_URL: site.url,
      JIRA_USER: site.email,
      JIRA_API_KEY: site.apiToken,
      JIRA_WEBHOOK_SECRET: 'a secret between two programs',
      DATABASE_URL: databaseUrl.replace('postgres@', `${user}@`),
    }
    const [token = '', ...tokens] = await makeTokens(store)
    servers.push({ url: await serve(flags, env), token, tokens })
  }
  return { servers, databaseUrl }
}

/** Where it serves. It is killed with the test. */
async function serve(flags: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const dataDir = testFolder()
  const argv = [inject('programs').cli, 'serve', '--port', '0', '--json', '--data-dir', dataDir, ...flags]
  const child = spawn(process.execPath, argv, {
    cwd: dataDir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  atEnd(async () => {
    const ended = once(child, 'exit')
    if (child.kill('SIGTERM')) await ended
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return (JSON.parse(line) as { url: string }).url
}

/** One of scope admin, and one for each window. */
async function makeTokens(store: Store): Promise<string[]> {
  const log = pino({ level: 'silent' })
  const book = createAccessBook({ source: sourceOf(store), dataDir: testFolder(), log })
  await book.look()
  const tokens = createTokens({ book, log, keychain: createMemoryKeychain() })
  const made = []
  for (let n = 0; n <= WINDOWS; n++) {
    const wish = { scope: n === 0 ? 'admin' : 'read', ttlMs: 3_600_000, name: `window ${n}` } as const
    made.push((await tokens.create(wish, new AbortController().signal)).token)
  }
  book.close()
  return made
}

/** The most that each has at a time. */
function watchSessions(url: string) {
  const most: Record<string, number> = {}
  const stopping = new AbortController()
  const watching = queryWith(url, async (query) => {
    while (!stopping.signal.aborted) {
      for (const { user, n } of await query(SESSIONS, [USERS]))
        most[String(user)] = Math.max(most[String(user)] ?? 0, Number(n))
      await delay(20)
    }
  })
  return {
    async stop() {
      stopping.abort()
      await watching
      return most
    },
  }
}

/** A window: it looks at everything anew whenever it is told of something. */
async function openWindow(url: string, token: string) {
  let looks = 0
  let isLooking = false
  let isNews = false
  const look = async (): Promise<void> => {
    isNews = true
    if (isLooking) return
    isLooking = true
    while (isNews) {
      isNews = false
      const toMs = Math.ceil(machineClock.now() / 60_000) * 60_000
      const span = { fromMs: toMs - 3_600_000, toMs }
      await Promise.all([
        call(url, token, 'counts.get', { ...span, bucketMinutes: 1 }),
        call(url, token, 'tickets.list', { ...span, limit: 50 }),
        call(url, token, 'sync.status', {}),
      ]).catch(() => {}) // while the tables are away
      looks += 1
    }
    isLooking = false
  }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/events`, {
    headers: { authorization: `Bearer ${token}` },
  })
  socket.on('error', () => {}) // its server ended
  socket.on('message', () => void look())
  atEnd(async () => socket.terminate())
  await once(socket, 'open')
  await look()
  return { looks: () => looks }
}

async function call<M extends MethodName>(
  url: string,
  token: string,
  method: M,
  params: Params<M>,
): Promise<Result<M>> {
  const answer = await fetch(`${url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  const reply = (await answer.json()) as { ok: boolean; result: Result<M>; error: { message: string } }
  if (!reply.ok) throw new Error(reply.error.message)
  return reply.result
}
