import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { pino } from 'pino'
import { promisedMs } from '../../test-support/promised.ts'
import { hideSecrets } from '../secrets/hide-secrets.ts'
import { createTokenWorkspace, type TokenWorkspace } from '../../test-support/tokens/workspace.ts'
import type { OpenTokens } from '../../test-support/tokens/open-tokens.ts'
import { createAccessBook, sourceOf } from './access-book.ts'
import { digestOf } from './digest.ts'
import { createTokens, type Tokens } from './tokens.ts'

const log = pino({ level: 'silent' })
const HOUR_MS = 3_600_000
const wish = { scope: 'read', ttlMs: HOUR_MS, name: 'ci' } as const

let space: TokenWorkspace
let tokens: Tokens
let here: OpenTokens
beforeEach(async () => {
  space = createTokenWorkspace()
  here = await space.open()
  tokens = here.tokens
})

/** Another process of the workspace. */
const another = async (): Promise<Tokens> => (await space.open()).tokens

/** What is promised to be seen at every server within a second; how soon it is on a busy machine is no matter here. */
const soon = { timeout: 5_000, interval: 5 }

describe('a new token', () => {
  test('is good in this process and in another, until it expires', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const caller = { id: record.id, scope: 'read', name: 'ci', expiresMs: record.expiresMs }
    for (const each of [tokens, await another()]) {
      expect(each.known(token)).toBeNull()
      expect(await each.verify(token)).toEqual(caller)
      expect(each.known(token)).toEqual(caller)
      expect(each.isLive(record.id)).toBe(true)
    }
    space.clock.ms = record.expiresMs
    expect(tokens.known(token)).toBeNull()
    expect(await tokens.verify(token)).toBeNull()
    expect(tokens.isLive(record.id)).toBe(false)
    expect(await tokens.list()).toEqual([])
  })

  test('says whose it is, for whom, and for how long', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const { iat = 0, nonce, ...claims } = decodeJwt(token)
    expect(nonce).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(await here.store.access())).not.toContain(nonce)
    expect(iat).toBe(1_800_000_000)
    const { audience: aud, keys } = await here.store.access()
    const times = { nbf: iat, exp: iat + 3_600 }
    expect(claims).toEqual({ iss: 'jira-tpm', aud, sub: 'ci', scope: 'read', jti: record.id, ...times })
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: keys[0]?.kid })
    expect(await tokens.list()).toEqual([record])
  })

  test("is no good in another store, and is nobody's where no token was ever made", async () => {
    const { tokens: other } = await createTokenWorkspace().open()
    const { token } = await tokens.create(wish, space.signal)
    expect(await other.verify(token)).toBeNull()
    await other.create(wish, space.signal)
    expect(await other.verify(token)).toBeNull()
  })

  test.each([
    ['too long', { ttlMs: 24 * HOUR_MS + 1_000 }],
    ['too short', { ttlMs: 1_000 }],
    ['no number', { ttlMs: NaN }],
    ['nameless', { name: '' }],
    ['named too long', { name: 'x'.repeat(65) }],
    ['named with what a terminal obeys', { name: 'a\u001B[2J' }],
  ])('%s is refused, and nothing is written', async (_what, change) => {
    await expect(tokens.create({ ...wish, ...change }, space.signal)).rejects.toMatchObject({ code: 'usage' })
    expect(existsSync(space.file)).toBe(false)
    expect(await here.store.accessState()).toBeNull()
  })

  test('is in no file, and a log would hide it', async () => {
    const { token } = await tokens.create(wish, space.signal)
    const written = readdirSync(space.dataDir).map((name) =>
      readFileSync(`${space.dataDir}/${name}`, 'latin1'),
    )
    expect(written.join()).not.toContain(token)
    expect(hideSecrets(`GET /?t=${token}`)).not.toContain(token)
    expect(hideSecrets(`x ${token.replace('a', 'b')} x`)).toBe('x [hidden] x') // one that this process does not know
  })
})

describe('the signing key', () => {
  test('is in the keychain, and not in the file, which is the owner’s alone', async () => {
    await tokens.create(wish, space.signal)
    const [key] = space.ownKeys()
    expect(key?.d).toBeNull()
    expect([...space.keychain.entries.keys()]).toEqual([`token signing key ${key?.kid}`])
    expect(statSync(space.file).mode & 0o777).toBe(0o600)
  })

  test('is in the file where there is no keychain', async () => {
    space.keychain.trouble = 'missing'
    const { token } = await tokens.create(wish, space.signal)
    const d = space.ownKeys()[0]?.d ?? ''
    expect(d).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(await here.store.access())).not.toContain(d)
    expect(statSync(space.file).mode & 0o777).toBe(0o600)
    space.keychain.trouble = null
    await tokens.create(wish, space.signal)
    expect(space.ownKeys()).toHaveLength(1)
    expect(await tokens.verify(token)).not.toBeNull()
  })

  test('is not made where the keychain is locked, and no file is', async () => {
    space.keychain.trouble = 'locked'
    await expect(tokens.create(wish, space.signal)).rejects.toMatchObject({ code: 'secrets-unavailable' })
    expect(existsSync(space.file)).toBe(false)
  })

  test('cannot be reached: no token is made, those made before go on, and a new key mends it', async () => {
    const { token } = await tokens.create(wish, space.signal)
    space.keychain.entries.clear()
    await expect(tokens.create(wish, space.signal)).rejects.toMatchObject({
      code: 'secrets-unavailable',
      hint: expect.stringContaining('token rotate') as string,
    })
    expect(await (await another()).verify(token)).not.toBeNull()
    await tokens.rotate(space.signal)
    expect(await tokens.verify((await tokens.create(wish, space.signal)).token)).not.toBeNull()
  })

  test('is one, whoever makes the first tokens at once', async () => {
    const made = await Promise.all(
      [tokens, await another(), await another()].map((each) => each.create(wish, space.signal)),
    )
    expect(space.ownKeys()).toHaveLength(1)
    expect(space.keychain.entries.size).toBe(1)
    const server = await another()
    for (const { token } of made) expect(await server.verify(token)).not.toBeNull()
    expect(await tokens.list()).toHaveLength(3)
    expect((await here.store.access()).keys.filter(({ retiredMs }) => retiredMs === null)).toHaveLength(1)
  })
})

describe('revoked', () => {
  test('by a process of its own, a token that was verified here is refused within a second', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    await tokens.verify(token)
    const { ms: now } = space.clock
    const support = path.join(import.meta.dirname, '../../test-support/tokens/open-tokens.ts')
    const source = `
      import { openTokens } from ${JSON.stringify(support)}
      const { tokens, close } = await openTokens(${JSON.stringify(space.dataDir)}, { clock: { now: () => ${now} } })
      await tokens.revoke('${record.id}')
      await close()
      console.log('revoked')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said = once(child.stdout, 'data') as Promise<[Buffer]>
    expect(tokens.known(token)).not.toBeNull()
    expect((await said)[0].toString()).toBe('revoked\n')
    const began = performance.now()
    await vi.waitFor(() => expect(tokens.known(token)).toBeNull(), soon)
    expect(performance.now() - began).toBeLessThan(promisedMs(1_000))
    expect(await tokens.verify(token)).toBeNull()
    await once(child, 'close')
  })

  test('here it is refused from the next call on, and by another part of this process soon; others go on', async () => {
    const kept = await tokens.create(wish, space.signal)
    const { token, record } = await tokens.create(wish, space.signal)
    const other = await another()
    for (const each of [tokens, other]) {
      await each.verify(token)
      await each.verify(kept.token)
    }
    await tokens.revoke(record.id)
    expect(tokens.known(token)).toBeNull()
    await vi.waitFor(() => expect(other.known(token)).toBeNull(), soon)
    for (const each of [tokens, other]) {
      expect(await each.verify(token)).toBeNull()
      expect(each.isLive(record.id)).toBe(false)
      expect(each.known(kept.token)).not.toBeNull()
    }
    expect((await tokens.list()).map(({ revokedMs }) => revokedMs)).toEqual([space.clock.ms, null])
  })

  test('while its signature is checked, it is refused', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const { tokens: other, book } = await space.open()
    const verifying = other.verify(token) // has looked at the book by now
    await tokens.revoke(record.id)
    await book.look()
    expect(await verifying.then(() => other.known(token))).toBeNull()
    expect(await other.verify(token)).toBeNull()
  })

  test.each(['', 'x', '__proto__'])('%j is nobody: nothing is revoked', async (id) => {
    await tokens.create(wish, space.signal)
    await expect(tokens.revoke(id)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('rotated', () => {
  test('the new key signs, the former checks until its last token has expired, then it goes', async () => {
    const former = await tokens.create(wish, space.signal)
    const [formerKey] = space.ownKeys()
    const { kid, formerUntilMs } = await tokens.rotate(space.signal)
    expect(formerUntilMs).toBe(former.record.expiresMs)
    expect([...space.keychain.entries.keys()]).toEqual([`token signing key ${kid}`])
    const next = await tokens.create({ ...wish, ttlMs: 2 * HOUR_MS }, space.signal)
    expect(decodeProtectedHeader(next.token).kid).toBe(kid)
    const server = await another()
    for (const { token } of [former, next]) expect(await server.verify(token)).not.toBeNull()

    space.clock.ms = former.record.expiresMs
    await tokens.create(wish, space.signal)
    for (const keys of [space.ownKeys(), (await here.store.access()).keys])
      expect(keys.map((key) => key.kid)).toEqual([kid])
    expect(formerKey?.kid).not.toBe(kid)
    expect(await (await another()).verify(next.token)).not.toBeNull()
  })

  test('with --revoke nothing that was made before is good, and the former key is nowhere', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const { code } = await tokens.createLink({ scope: 'admin', ttlMs: HOUR_MS })
    const { tokens: other, book } = await space.open()
    await other.verify(token)
    const { kid, ...rest } = await tokens.rotate(space.signal, { revoke: true })
    expect(rest).toEqual({ formerUntilMs: null, revoked: 2 })
    await book.look()
    expect([other.known(token), await other.verify(token), await other.openLink(code)]).toEqual([
      null,
      null,
      null,
    ])
    expect(other.isLive(record.id)).toBe(false)
    for (const keys of [space.ownKeys(), (await here.store.access()).keys])
      expect(keys.map((key) => key.kid)).toEqual([kid])
    expect([...space.keychain.entries.keys()]).toEqual([`token signing key ${kid}`])
    expect((await tokens.list()).map(({ revokedMs }) => revokedMs)).toEqual([space.clock.ms, space.clock.ms])
  })

  test('where the key is in the file, its private half goes out of it', async () => {
    space.keychain.trouble = 'missing'
    await tokens.create(wish, space.signal)
    const [former] = space.ownKeys()
    await tokens.rotate(space.signal)
    expect(readFileSync(space.file, 'utf8')).not.toContain(former?.d)
    expect(space.ownKeys()).toEqual([expect.objectContaining({ d: expect.any(String) as string })])
  })
})

test.each(['', '{', '[]', '{"audience":"a","keys":[],"tokens":[{}]}'])(
  'a file that is not ours, %j, makes no token and is not overwritten; what the store has goes on',
  async (text) => {
    const { token, record } = await tokens.create(wish, space.signal)
    writeFileSync(space.file, text)
    const other = await another()
    await expect(other.create(wish, space.signal)).rejects.toMatchObject({ code: 'not-configured' })
    expect(await other.verify(token)).not.toBeNull()
    await other.revoke(record.id)
    expect(await other.verify(token)).toBeNull()
    expect(readFileSync(space.file, 'utf8')).toBe(text)
  },
)

test('a key that the store has no more makes no token: another takes its place', async () => {
  await tokens.create(wish, space.signal)
  const [former] = space.ownKeys()
  const elsewhere = createTokenWorkspace()
  const theirs = { store: here.store, dataDir: elsewhere.dataDir }
  const book = createAccessBook({ source: sourceOf(theirs.store), dataDir: theirs.dataDir, log })
  const { clock, keychain } = elsewhere
  const others = createTokens({ book, log, clock, keychain })
  const { token } = await others.create(wish, space.signal)
  expect((await here.store.access()).keys).toHaveLength(2) // each workspace signs with its own
  expect(await tokens.verify(token)).not.toBeNull()
  await others.rotate(space.signal, { revoke: true })
  const made = await tokens.create(wish, space.signal)
  expect(decodeProtectedHeader(made.token).kid).not.toBe(former?.kid)
  expect(space.keychain.entries.size).toBe(1)
  expect(await others.verify(made.token)).not.toBeNull()
  book.close()
})

describe('a link', () => {
  test('is opened once, whoever of many servers asks first, and its browser is signed in at all', async () => {
    const { code, record } = await tokens.createLink({ scope: 'run', ttlMs: HOUR_MS })
    expect(JSON.stringify(await here.store.access())).not.toContain(code)
    const servers = [tokens, await another(), await another()]
    const tries = await Promise.all(servers.map((each) => each.openLink(code)))
    const [opened, ...more] = tries.filter((found) => found !== null)
    expect(more).toEqual([])
    expect(opened).toMatchObject({ link: { ...record, link: { spentMs: space.clock.ms } }, ended: [] })
    expect(await (await another()).openLink(code)).toBeNull()
    expect(tokens.isLive(record.id)).toBe(true)
    for (const each of servers) {
      await each.look()
      expect(each.sessionAt(digestOf(opened?.secret ?? ''))).toEqual(opened?.session)
    }
    expect(JSON.stringify(await here.store.access())).not.toContain(opened?.secret)
  })

  test('that has expired, was revoked or never was lets nobody in, and writes nothing', async () => {
    const late = await tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    space.clock.ms += 60_000
    const revoked = await tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    await tokens.revoke(revoked.record.id)
    const before = await here.store.accessState()
    for (const code of [late.code, revoked.code, 'x', '']) expect(await tokens.openLink(code)).toBeNull()
    expect(await here.store.accessState()).toEqual(before)
  })
})
