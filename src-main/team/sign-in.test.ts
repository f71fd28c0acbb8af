import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { testFolder } from '../../test-support/end.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { startBehind, startFront, type Front } from '../../test-support/team/front.ts'
import { signsIn } from '../../test-support/team/signs-in.ts'
import { NO_PROXIES } from '../../test-support/team/team.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { clockNotice } from './faults.ts'
import { createServerBook, type ServerBook } from './kept-servers.ts'
import { createSignIns, type SignIns } from './sign-in.ts'

const { signal } = new AbortController()
const HOUR_MS = 3_600_000

let dataDir: string
let keychain: MemoryKeychain
let book: ServerBook
let signIns: SignIns
let server: Awaited<ReturnType<typeof startBehind>>
let front: Front
let ended: readonly string[]
beforeEach(async () => {
  dataDir = testFolder()
  keychain = createMemoryKeychain()
  book = createServerBook({
    dataDir,
    secrets: createSecrets({ dataDir, keychain, log: pino({ level: 'silent' }) }),
  })
  signIns = createSignIns({ book, proxies: NO_PROXIES })
  server = await startBehind()
  const { answers, ended: heard } = signsIn(tokenOf)
  ended = heard
  front = await startFront(server, { answers })
})

async function tokenOf(scope: Scope): Promise<string> {
  return (await server.tokens.create({ scope, ttlMs: HOUR_MS, name: 'laptop' }, signal)).token
}

const at = (url: string) => ({ url, caFile: null, machine: 'laptop' })

describe('a sign-in', () => {
  test('keeps the server, and its token in the keychain and nowhere else', async () => {
    const { server: kept, clockAheadMs } = await signIns.signIn(at(front.url), 'run-1', signal)
    expect(kept).toMatchObject({ url: front.url, name: 'Team', machine: 'laptop', scope: 'run' })
    expect(clockNotice('tpm', clockAheadMs)).toBeNull()
    expect(book.read()).toEqual({ chosen: null, servers: [kept] })
    const token = await book.token(kept, signal)
    expect([...keychain.entries]).toEqual([[`team ${front.url} ${kept.id}`, token]])
    const written = readdirSync(dataDir).map((name) => readFileSync(path.join(dataDir, name), 'utf8'))
    expect(written.join()).not.toContain(token)
  })

  test('by a code that was used says so, and keeps nothing', async () => {
    await signIns.signIn(at(front.url), 'run-2', signal)
    const [former] = book.read().servers
    await expect(signIns.signIn(at(front.url), 'run-2', signal)).rejects.toMatchObject({
      code: 'signed-out',
    })
    expect(book.read().servers).toEqual([former])
  })

  test('at the same server takes the place of the former one', async () => {
    await signIns.signIn(at(front.url), 'run-3', signal)
    const { server: second } = await signIns.signIn(at(front.url), 'run-4', signal)
    expect(book.read().servers).toEqual([second])
    expect(keychain.entries.size).toBe(1)
  })

  test('that is ended is ended at the server, and forgotten here, also where the server is away', async () => {
    const { server: first } = await signIns.signIn(at(front.url), 'run-5', signal)
    await book.choose(first.url)
    expect(await signIns.signOut(first, signal)).toEqual({ notEnded: null })
    expect(ended).toHaveLength(1)
    expect(book.read()).toEqual({ chosen: null, servers: [] })
    const { server: second } = await signIns.signIn(at(front.url), 'run-6', signal)
    await front.close()
    const { notEnded } = await signIns.signOut(second, signal)
    expect(notEnded).toMatchObject({ code: 'server-unreachable' })
    expect(book.read().servers).toEqual([])
    expect(keychain.entries.size).toBe(0)
  })

  test('without a keychain is none, and says so', async () => {
    keychain.trouble = 'missing'
    await expect(signIns.signIn(at(front.url), 'run-7', signal)).rejects.toMatchObject({
      code: 'secrets-unavailable',
    })
    expect(book.read().servers).toEqual([])
  })
})
