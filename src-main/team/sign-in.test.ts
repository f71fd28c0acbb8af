import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { testFolder } from '../../test-support/end.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { sayVersions, startFront } from '../../test-support/team/front.ts'
import {
  heldAccount,
  later,
  NO_PROXIES,
  startTeamServer,
  testTeamClient,
  type TeamServer,
} from '../../test-support/team/team.ts'
import { machineClock } from '../runtime/clock.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { clockNotice } from './faults.ts'
import { createServerBook, type KeptServer, type ServerBook } from './kept-servers.ts'
import { createSignIns, type SignIns } from './sign-in.ts'

const { signal } = new AbortController()
const HOUR_MS = 3_600_000
const LOGIN_MS = 90 * 24 * HOUR_MS

let dataDir: string
let keychain: MemoryKeychain
let book: ServerBook
let signIns: SignIns
let server: TeamServer
beforeEach(async () => {
  dataDir = testFolder()
  keychain = createMemoryKeychain()
  server = await startTeamServer()
  keepIn(keychain)
})

function keepIn(store: SecretStore): void {
  const secrets = createSecrets({ dataDir, keychain: store, log: pino({ level: 'silent' }) })
  book = createServerBook({ dataDir, secrets })
  signIns = createSignIns({ book, proxies: NO_PROXIES })
}

const at = (url: string, machine = 'laptop') => ({ url, caFile: null, machine })

async function signIn(url = server.url, machine = 'laptop'): Promise<KeptServer> {
  return (await signIns.signIn(at(url, machine), await server.code('run'), signal)).server
}

async function statusOf(token: string | null): Promise<number> {
  const headers = { authorization: `Bearer ${token ?? ''}` }
  return (await server.call('/api/counts.outside', { body: '{"fromMs":0,"toMs":1}', headers })).status
}

/** Of each program that signed in: its name, and whether it is good. */
async function programs(): Promise<readonly string[]> {
  const logins = (await server.tokens.list()).filter(({ loginMs }) => loginMs !== null)
  return logins.map(({ name, revokedMs }) => `${name}: ${revokedMs === null ? 'good' : 'ended'}`)
}

describe('a sign-in', () => {
  test('keeps the server for 90 days, its token in the keychain and nowhere else; the server lists the machine', async () => {
    const { server: kept, clockAheadMs } = await signIns.signIn(
      at(server.url),
      await server.code('run'),
      signal,
    )
    expect(kept).toMatchObject({ url: server.url, name: 'Team', machine: 'laptop', scope: 'run' })
    expect(Math.abs(kept.expiresMs - Date.now() - LOGIN_MS)).toBeLessThan(60_000)
    expect(clockNotice('tpm', clockAheadMs)).toBeNull()
    expect(book.read()).toEqual({ chosen: null, servers: [kept] })
    const token = await book.token(kept, signal)
    expect([...keychain.entries]).toEqual([[`team ${server.url} ${kept.id}`, token]])
    const written = readdirSync(dataDir).map((name) => readFileSync(path.join(dataDir, name), 'utf8'))
    expect(written.join()).not.toContain(token)
    expect(await statusOf(token)).toBe(200)
    const [listed] = await server.tokens.list()
    expect(listed).toMatchObject({ id: kept.id, name: 'laptop', scope: 'run' })
  })

  test('by a code that was used says so, and keeps nothing', async () => {
    const code = await server.code('run')
    await signIns.signIn(at(server.url), code, signal)
    const [former] = book.read().servers
    await expect(signIns.signIn(at(server.url), code, signal)).rejects.toMatchObject({ code: 'signed-out' })
    expect(book.read().servers).toEqual([former])
  })

  test('at the same server takes the place of the former one, which is ended there', async () => {
    await signIn(server.url, 'first')
    const second = await signIn(server.url, 'second')
    expect(book.read().servers).toEqual([second])
    expect(keychain.entries.size).toBe(1)
    expect((await programs()).toSorted()).toEqual(['first: ended', 'second: good'])
  })

  test('is kept also where the keychain does not let go of the former one', async () => {
    await signIn(server.url, 'first')
    keepIn({ ...keychain, delete: async () => refuse() })
    const second = await signIn(server.url, 'second')
    expect(book.read().servers).toEqual([second])
    expect(await statusOf(await book.token(second, signal))).toBe(200)
    expect((await programs()).toSorted()).toEqual(['first: ended', 'second: good'])
  })

  test('that is ended is ended at the server, and forgotten here, also where the server is away', async () => {
    const front = await startFront(server)
    const first = await signIn(front.url)
    await book.choose(first.url)
    const token = await book.token(first, signal)
    expect(await signIns.signOut(first, signal)).toEqual({ notEnded: null })
    expect(await statusOf(token)).toBe(401)
    expect(book.read()).toEqual({ chosen: null, servers: [] })
    const second = await signIn(front.url)
    await front.close()
    expect(await signIns.signOut(second, signal)).toMatchObject({ notEnded: { code: 'server-unreachable' } })
    expect(book.read().servers).toEqual([])
    expect(keychain.entries.size).toBe(0)
  })

  test.each([
    ['locked', 'Unlock it, and sign out again.'],
    ['missing', 'Sign out again where the keychain is there.'],
  ] as const)(
    'whose token the keychain does not give, %s, is kept as it was, and it is said who can end it',
    async (trouble, hint) => {
      const kept = await signIn()
      await book.choose(kept.url)
      const before = book.read()
      keychain.trouble = trouble
      await expect(signIns.signOut(kept, signal)).rejects.toMatchObject({
        code: 'secrets-unavailable',
        what: `The keychain is ${trouble}.`,
        consequence: expect.stringMatching(/Nothing was forgotten here.* was not told/) as string,
        hint: `${hint} Until then who runs the server can end it: jira-tpm token revoke ${kept.id}.`,
      })
      expect(book.read()).toEqual(before)
      expect(await programs()).toEqual(['laptop: good'])
      keychain.trouble = null
      expect(await signIns.signOut(kept, signal)).toEqual({ notEnded: null })
      expect([book.read().servers, keychain.entries.size, await programs()]).toEqual([
        [],
        0,
        ['laptop: ended'],
      ])
    },
  )

  test('whose token the keychain does not let go of is ended at the server, and forgotten by the next try', async () => {
    const kept = await signIn()
    keepIn({ ...keychain, delete: async () => refuse() })
    await expect(signIns.signOut(kept, signal)).rejects.toMatchObject({
      code: 'secrets-unavailable',
      consequence: expect.stringMatching(/Nothing was forgotten here.* has ended the sign-in/) as string,
      hint: 'Unlock it, and sign out again.',
    })
    expect([book.read().servers, await programs()]).toEqual([[kept], ['laptop: ended']])
    keepIn(keychain)
    expect(await signIns.signOut(kept, signal)).toEqual({ notEnded: null })
    expect([book.read().servers, keychain.entries.size]).toEqual([[], 0])
  })

  test('is not said to be ended where another server stands at its address, which gets no token', async () => {
    let isOther = false
    const sayOther = sayVersions([CONTRACT_VERSION])
    const front = await startFront(server, { answers: [(...asked) => isOther && sayOther(...asked)] })
    const kept = await signIn(front.url)
    isOther = true
    front.asked.length = 0
    expect(await signIns.signOut(kept, signal)).toMatchObject({ notEnded: { code: 'signed-out' } })
    expect(front.asked).toEqual([{ what: 'GET /api/hello', authorization: undefined }])
    expect(await programs()).toEqual(['laptop: good'])
  })

  test.each([HOUR_MS, -HOUR_MS])(
    'at a server whose clock is %i ms ahead is told of, and good all the same: calls, events and renewal',
    async (byMs) => {
      const ahead = await startTeamServer({ clock: later(machineClock, byMs) })
      const asked = at(ahead.url)
      const { server: kept, clockAheadMs } = await signIns.signIn(asked, await ahead.code('read'), signal)
      const which = byMs > 0 ? 'behind' : 'ahead of'
      expect(clockNotice('tpm', clockAheadMs)).toContain(`60 min ${which} that of tpm`)
      const account = heldAccount(await book.token(kept, signal), kept.serverId)
      const team = testTeamClient(ahead.url, account, { clock: later(machineClock, 25 * HOUR_MS) })
      const heard = new Promise((resolve) => void team.client.on('marks.changed', resolve))
      team.start()
      expect(await team.client.call('counts.outside', { fromMs: 5, toMs: 6 })).toMatchObject({ before: 5 })
      expect(account.renewals).toBe(1)
      ahead.hub.publish('marks.changed', { siteId: 's' })
      await heard
    },
  )
})

describe('a sign-in that cannot be kept', () => {
  const OF_SERVER = expect.stringMatching(/JIRA_TPM_SERVER_TOKEN.*jira-tpm token create/) as string

  test.each([
    ['missing', false],
    ['locked', true],
  ] as const)('with a keychain that is %s is none: the code is not spent', async (trouble, mayUnlock) => {
    const code = await server.code('run')
    keychain.trouble = trouble
    const consequence = 'This machine is not signed in, and no code is spent.'
    const refusal = { code: 'secrets-unavailable', consequence, hint: OF_SERVER, retryable: mayUnlock }
    await expect(signIns.greet(at(server.url), signal)).rejects.toMatchObject(refusal)
    await expect(signIns.signIn(at(server.url), code, signal)).rejects.toMatchObject(refusal)
    expect(await programs()).toEqual([])
    keychain.trouble = null
    await signIns.signIn(at(server.url), code, signal)
    expect(await programs()).toEqual(['laptop: good'])
  })

  test('because the keychain was locked meanwhile is ended at the server, and says so', async () => {
    keepIn({ ...keychain, set: async () => refuse() })
    await expect(signIn()).rejects.toMatchObject({
      code: 'secrets-unavailable',
      consequence: expect.stringContaining('has ended the sign-in') as string,
      hint: expect.stringContaining('ask who runs the server for a new code') as string,
    })
    expect(book.read().servers).toEqual([])
    expect(await programs()).toEqual(['laptop: ended'])
  })

  test('because the folder takes no file is ended at the server, and the keychain has nothing of it', async () => {
    const set = async (...kept: Parameters<SecretStore['set']>): Promise<void> => {
      await keychain.set(...kept)
      mkdirSync(path.join(dataDir, 'servers.json')) // no file can take its place
    }
    keepIn({ ...keychain, set })
    await expect(signIn()).rejects.toMatchObject({ code: 'folder-not-writable' })
    expect(await programs()).toEqual(['laptop: ended'])
    expect(keychain.entries.size).toBe(0)
  })

  test('nor be ended, since the server is lost just then, says which one is to be revoked there', async () => {
    keepIn({ ...keychain, set: async () => refuse() })
    const front = await startFront(server, {
      answers: [({ url }, response) => url === '/api/token/end' && Boolean(response.destroy())],
    })
    const refused = await signIn(front.url).catch((error: unknown) => error)
    const [{ id } = { id: '' }] = await server.tokens.list()
    expect(refused).toMatchObject({
      consequence: expect.stringContaining('could not be ended there') as string,
      hint: expect.stringContaining(`jira-tpm token revoke ${id}`) as string,
    })
    expect(await programs()).toEqual(['laptop: good'])
  })
})

function refuse(): never {
  throw new AppError('secrets-unavailable', 'The keychain is locked.', { retryable: true })
}
