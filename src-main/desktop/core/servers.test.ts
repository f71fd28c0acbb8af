import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createEventHub } from '../../../src-shared/contract/client.ts'
import type { DesktopMethod, DesktopResult, TeamServers } from '../../../src-shared/contract/desktop.ts'
import type { EventPayload } from '../../../src-shared/contract/events.ts'
import { fromWireError } from '../../../src-shared/errors/app-error.ts'
import { testFolder } from '../../../test-support/end.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../../../test-support/secrets/secrets.ts'
import { startFront, type Front } from '../../../test-support/team/front.ts'
import { promisedMs } from '../../../test-support/promised.ts'
import { NO_PROXIES, startTeamServer, type TeamServer } from '../../../test-support/team/team.ts'
import { createSecrets } from '../../secrets/secrets.ts'
import { createServerBook } from '../../team/kept-servers.ts'
import { createCurrentCore, type CurrentCore, type DesktopCore } from './current-core.ts'
import { createServers, openChosen } from './servers.ts'

const log = pino({ level: 'silent' })

let dataDir: string
let server: TeamServer
let front: Front
/** How often a core of this computer was opened, and how many of them are open. */
let locals: { opened: number; open: number }
let run: unknown
let keychain: MemoryKeychain
let core: CurrentCore
let heard: string[]
let call: <M extends DesktopMethod>(method: M, params: unknown) => Promise<DesktopResult<M>>

beforeEach(async () => {
  dataDir = testFolder()
  server = await startTeamServer()
  front = await startFront(server)
  locals = { opened: 0, open: 0 }
  run = null
  keychain = createMemoryKeychain()
  await start()
})

/** Starts the program in the same workspace. */
async function start(): Promise<void> {
  const secrets = createSecrets({ dataDir, keychain, log })
  const parts = { dataDir, proxies: NO_PROXIES, log, book: createServerBook({ dataDir, secrets }) }
  const onTeam = await openChosen(parts)
  core = createCurrentCore(onTeam ?? local())
  onTestFinished(() => core.stop())
  heard = []
  core.hub.onAny((event) => heard.push(event))
  const { dispatch } = createServers(
    { ...parts, core, openLocal: local, chooseFile: async () => '/ca.pem' },
    onTeam,
  )
  call = async (method, params) => {
    const reply = await dispatch(method, params)
    if (!reply.ok) throw fromWireError(reply.error)
    return reply.result as never
  }
  await core.start()
}

function local(): DesktopCore {
  locals.opened += 1
  locals.open += 1
  return {
    dispatch: async (method) => ({ ok: true, result: method === 'runs.current' ? run : 'local' }),
    hub: createEventHub(),
    transfer: () => Promise.reject(new Error('local')),
    browseUrl: () => null,
    start: async () => {},
    wake: () => {},
    stop: async () => void (locals.open -= 1),
  }
}

async function signIn(part: object = {}): Promise<TeamServers> {
  const code = await server.code('run')
  return call('servers.signIn', { address: front.url, code, machine: 'laptop', caFile: null, ...part })
}

async function stands(state: TeamServers['state']): Promise<TeamServers> {
  return vi.waitFor(
    async () => {
      const now = await call('servers.get', {})
      expect(now.state).toBe(state)
      return now
    },
    { timeout: 8_000 },
  )
}

const ask = (fromMs: number) => core.client.call('counts.outside', { fromMs, toMs: fromMs + 1 })

test('a sign-in goes over to the server, and this computer’s core is closed: it holds nothing any more', async () => {
  expect(await call('servers.get', {})).toMatchObject({ current: null, state: 'connected', servers: [] })
  const signedIn = await signIn()
  expect(signedIn).toMatchObject({ current: front.url, servers: [{ machine: 'laptop', scope: 'run' }] })
  expect(locals).toEqual({ opened: 1, open: 0 })
  await stands('connected')
  expect(await ask(5)).toMatchObject({ before: 5 })
  expect(heard.filter((event) => event === 'session.changed')).toHaveLength(1)
  // No answer, no event and no file of the window’s has the token.
  const [token = ''] = keychain.entries.values()
  expect(token).not.toBe('')
  expect(JSON.stringify([signedIn, await call('servers.get', {})])).not.toContain(token)
  for (const file of readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  ))
    expect(readFileSync(path.join(dataDir, file), 'utf8')).not.toContain(token)

  await call('servers.use', { url: null })
  expect(locals).toEqual({ opened: 2, open: 1 })
  expect(await core.client.call('session.get', {})).toBe('local')
})

test('a link has address and code in one; what is neither is refused with a sentence, and nothing changes', async () => {
  await signIn({ address: `${front.url}/#code=${await server.code('run')}`, code: null })
  await call('servers.use', { url: null })
  await expect(signIn({ code: null })).rejects.toThrow('There is no one-time code')
  await expect(signIn({ address: 'http://elsewhere.example.com' })).rejects.toThrow('http://')
  await expect(call('servers.use', { url: 'https://never.example.com' })).rejects.toMatchObject({
    code: 'not-found',
  })
  await expect(call('servers.signIn', { address: front.url })).rejects.toMatchObject({ code: 'bad-request' })
  expect(await core.client.call('session.get', {})).toBe('local')
  expect(locals.open).toBe(1)
})

test('what only this program tells its window is not taken from a server', async () => {
  await signIn()
  await stands('connected')
  heard.length = 0
  server.hub.publish('menu.chosen', { command: 'run-stop' })
  server.hub.publish('servers.changed', {} as EventPayload<'servers.changed'>)
  server.hub.publish('marks.changed', { siteId: 's' })
  await vi.waitFor(() => expect(heard).toEqual(['marks.changed']))
})

test('a server that is lost and found is shown on: the window asks anew, and lets go of nothing', async () => {
  await signIn()
  await stands('connected')
  await ask(5)
  heard.length = 0
  await front.close()
  const lost = await stands('lost')
  expect(lost.fault).toMatchObject({ code: 'server-unreachable' })
  expect(lost.asOfMs).toBeGreaterThan(Date.now() - 10_000)
  // What was known last stands in its place; what is not known fails as the connection does.
  expect(await ask(5)).toMatchObject({ before: 5 })
  await expect(core.client.call('runs.pause', {})).rejects.toMatchObject({ code: 'server-unreachable' })
  await front.open()
  await call('servers.retry', {})
  expect((await stands('connected')).asOfMs).toBeNull()
  expect(new Set(heard)).toEqual(new Set(['servers.changed']))
})

test('the next start is on the server again, with what was known last where that is away', async () => {
  await signIn()
  await stands('connected')
  await ask(5)
  await core.stop()
  await front.close()
  locals.opened = 0
  await start()
  expect(locals.opened).toBe(0)
  const away = await stands('lost')
  expect(away.asOfMs).toBeGreaterThan(Date.now() - 60_000)
  expect(await ask(5)).toMatchObject({ before: 5 })
})

test('a token that is revoked meanwhile is said, and another code goes on', async () => {
  await signIn()
  await stands('connected')
  const [record] = (await server.tokens.list()).filter(({ name }) => name === 'laptop')
  const fromMs = performance.now()
  await server.tokens.revoke(record?.id ?? '')
  const revoked = await stands('signed-out')
  expect(performance.now() - fromMs).toBeLessThan(promisedMs(1_000))
  expect(revoked.fault?.what).toContain('does not know this machine any more')
  await signIn()
  await stands('connected')
})

test('signing out forgets the server and what was kept of it, and is back on this computer', async () => {
  await signIn()
  await stands('connected')
  await ask(5)
  const { current, servers, notEnded } = await call('servers.signOut', { url: front.url })
  expect([current, servers, notEnded]).toEqual([null, [], null])
  expect((await server.tokens.list()).find(({ name }) => name === 'laptop')?.revokedMs).not.toBeNull()
  const folder = path.join(dataDir, 'team')
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
  expect(locals.open).toBe(1)
})

test('a run of this computer is not paused by going over', async () => {
  run = { state: 'running', by: null }
  await expect(signIn()).rejects.toMatchObject({ code: 'busy' })
  expect(front.asked).toEqual([])
})
