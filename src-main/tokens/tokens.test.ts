import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { hideSecrets } from '../secrets/hide-secrets.ts'
import { MAX_TOKENS } from './make-token.ts'
import { createTokenWorkspace, type TokenWorkspace } from '../../test-support/tokens/workspace.ts'
import type { Tokens } from './tokens.ts'

const HOUR_MS = 3_600_000
const wish = { scope: 'read', ttlMs: HOUR_MS, name: 'ci' } as const

let space: TokenWorkspace
let tokens: Tokens
beforeEach(() => {
  space = createTokenWorkspace()
  tokens = space.open()
})

describe('a new token', () => {
  test('is good in this process and in another, until it expires', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const caller = { id: record.id, scope: 'read', expiresMs: record.expiresMs }
    for (const each of [tokens, space.open()]) {
      expect(each.known(token)).toBeNull()
      expect(await each.verify(token)).toEqual(caller)
      expect(each.known(token)).toEqual(caller)
      expect(each.isLive(record.id)).toBe(true)
    }
    space.clock.ms = record.expiresMs
    expect(tokens.known(token)).toBeNull()
    expect(await tokens.verify(token)).toBeNull()
    expect(tokens.isLive(record.id)).toBe(false)
    expect(tokens.list()).toEqual([])
  })

  test('says whose it is, for whom, and for how long', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const { iat = 0, nonce, ...claims } = decodeJwt(token)
    expect(nonce).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(space.content())).not.toContain(nonce)
    expect(iat).toBe(1_800_000_000)
    const { audience: aud, keys } = space.content()
    const times = { nbf: iat, exp: iat + 3_600 }
    expect(claims).toEqual({ iss: 'jira-tpm', aud, sub: 'ci', scope: 'read', jti: record.id, ...times })
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: keys[0]?.kid })
    expect(tokens.list()).toEqual([record])
  })

  test("is no good in another workspace, and is nobody's where no token was ever made", async () => {
    const other = createTokenWorkspace().open()
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
    expect(readdirSync(space.dataDir)).toEqual([])
  })

  test('is in no file, and a log would hide it', async () => {
    const { token } = await tokens.create(wish, space.signal)
    const written = readdirSync(space.dataDir).map((name) => readFileSync(`${space.dataDir}/${name}`, 'utf8'))
    expect(written.join()).not.toContain(token)
    expect(hideSecrets(`GET /?t=${token}`)).not.toContain(token)
    expect(hideSecrets(`x ${token.replace('a', 'b')} x`)).toBe('x [hidden] x') // one that this process does not know
  })
})

describe('the signing key', () => {
  test('is in the keychain, and not in the file, which is the owner’s alone', async () => {
    await tokens.create(wish, space.signal)
    const [key] = space.content().keys
    expect(key?.d).toBeNull()
    expect([...space.keychain.entries.keys()]).toEqual([`token signing key ${key?.kid}`])
    expect(statSync(space.file).mode & 0o777).toBe(0o600)
  })

  test('is in the file where there is no keychain', async () => {
    space.keychain.trouble = 'missing'
    const { token } = await tokens.create(wish, space.signal)
    expect(space.content().keys[0]?.d).toMatch(/^[\w-]{43}$/)
    expect(statSync(space.file).mode & 0o777).toBe(0o600)
    space.keychain.trouble = null
    await tokens.create(wish, space.signal)
    expect(space.content().keys).toHaveLength(1)
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
    expect(await space.open().verify(token)).not.toBeNull()
    await tokens.rotate(space.signal)
    expect(await tokens.verify((await tokens.create(wish, space.signal)).token)).not.toBeNull()
  })

  test('is one, whoever makes the first tokens at once', async () => {
    const made = await Promise.all(
      [tokens, space.open(), space.open()].map((each) => each.create(wish, space.signal)),
    )
    expect(space.content().keys).toHaveLength(1)
    expect(space.keychain.entries.size).toBe(1)
    for (const { token } of made) expect(await space.open().verify(token)).not.toBeNull()
    expect(tokens.list()).toHaveLength(3)
  })
})

describe('revoked', () => {
  test('by a process of its own, a token that was verified here is refused by the time that this is done', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    await tokens.verify(token)
    const { ms: now } = space.clock
    const source = `
      import { createTokens } from ${JSON.stringify(path.join(import.meta.dirname, 'tokens.ts'))}
      const clock = { now: () => ${now} }
      await createTokens({ dataDir: ${JSON.stringify(space.dataDir)}, log: console, clock }).revoke('${record.id}')
      console.log('revoked')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said = once(child.stdout, 'data') as Promise<[Buffer]>
    expect(tokens.known(token)).not.toBeNull()
    expect((await said)[0].toString()).toBe('revoked\n')
    expect(tokens.known(token)).toBeNull()
    expect(await tokens.verify(token)).toBeNull()
    await once(child, 'close')
  })

  test('by another part of this process, a token that was verified here is refused from the next call on', async () => {
    const kept = await tokens.create(wish, space.signal)
    const { token, record } = await tokens.create(wish, space.signal)
    await tokens.verify(token)
    await tokens.verify(kept.token)
    await space.open().revoke(record.id)
    expect(tokens.known(token)).toBeNull()
    expect(await tokens.verify(token)).toBeNull()
    expect(tokens.isLive(record.id)).toBe(false)
    expect(await tokens.verify(kept.token)).not.toBeNull()
    expect(tokens.list().map(({ revokedMs }) => revokedMs)).toEqual([space.clock.ms, null])
  })

  test('while its signature is checked, it is refused', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const other = space.open()
    const verifying = other.verify(token) // has looked at the file by now
    await tokens.revoke(record.id)
    expect(await verifying).toBeNull()
    expect(other.known(token)).toBeNull()
  })

  test('though the clock of the disk stands still or goes back, the file looks another', async () => {
    const { record } = await tokens.create(wish, space.signal)
    const later = new Date(Date.now() + HOUR_MS)
    utimesSync(space.file, later, later)
    const before = statSync(space.file).mtimeMs
    await tokens.revoke(record.id)
    expect(statSync(space.file).mtimeMs).toBeGreaterThan(before)
  })

  test('many times within a moment, each change is seen', async () => {
    const reader = space.open()
    for (let i = 0; i < 20; i++) {
      const { token, record } = await tokens.create(wish, space.signal)
      expect(await reader.verify(token)).not.toBeNull()
      await tokens.revoke(record.id)
      expect(reader.known(token)).toBeNull()
    }
  })

  test.each(['', 'x', '__proto__'])('%j is nobody: nothing is revoked', async (id) => {
    await tokens.create(wish, space.signal)
    await expect(tokens.revoke(id)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('rotated', () => {
  test('the new key signs, the former checks until its last token has expired, then it goes', async () => {
    const former = await tokens.create(wish, space.signal)
    const [formerKey] = space.content().keys
    const { kid, formerUntilMs } = await tokens.rotate(space.signal)
    expect(formerUntilMs).toBe(former.record.expiresMs)
    expect([...space.keychain.entries.keys()]).toEqual([`token signing key ${kid}`])
    const next = await tokens.create({ ...wish, ttlMs: 2 * HOUR_MS }, space.signal)
    expect(decodeProtectedHeader(next.token).kid).toBe(kid)
    for (const { token } of [former, next]) expect(await space.open().verify(token)).not.toBeNull()

    space.clock.ms = former.record.expiresMs
    await tokens.create(wish, space.signal)
    expect(space.content().keys.map((key) => key.kid)).toEqual([kid])
    expect(formerKey?.kid).not.toBe(kid)
    expect(await space.open().verify(next.token)).not.toBeNull()
  })

  test('with --revoke nothing that was made before is good, and the former key is nowhere', async () => {
    const { token, record } = await tokens.create(wish, space.signal)
    const { code } = await tokens.createLink({ scope: 'admin', ttlMs: HOUR_MS })
    const other = space.open()
    await other.verify(token)
    const { kid, ...rest } = await tokens.rotate(space.signal, { revoke: true })
    expect(rest).toEqual({ formerUntilMs: null, revoked: 2 })
    expect([other.known(token), await other.verify(token), await other.spendLink(code)]).toEqual([
      null,
      null,
      null,
    ])
    expect(other.isLive(record.id)).toBe(false)
    expect(space.content().keys.map((key) => key.kid)).toEqual([kid])
    expect([...space.keychain.entries.keys()]).toEqual([`token signing key ${kid}`])
    expect(tokens.list().map(({ revokedMs }) => revokedMs)).toEqual([space.clock.ms, space.clock.ms])
  })

  test('where the key is in the file, its private half goes out of it', async () => {
    space.keychain.trouble = 'missing'
    await tokens.create(wish, space.signal)
    await tokens.rotate(space.signal)
    expect(space.content().keys.map(({ d }) => d === null)).toEqual([true, false])
  })
})

describe('the file', () => {
  test('holds no more than so many tokens, and none that have expired', async () => {
    await tokens.create(wish, space.signal)
    const content = space.content()
    const [record] = content.tokens
    const many = Array.from({ length: MAX_TOKENS }, (_, i) => ({ ...record, id: `t${i}` }))
    writeFileSync(space.file, JSON.stringify({ ...content, tokens: many }))
    await expect(tokens.create(wish, space.signal)).rejects.toMatchObject({ code: 'busy' })
    await expect(tokens.createLink({ scope: 'read', ttlMs: HOUR_MS })).rejects.toMatchObject({ code: 'busy' })
    space.clock.ms += HOUR_MS
    await tokens.create(wish, space.signal)
    expect(space.content().tokens).toHaveLength(1)
  })

  test.each(['', '{', '[]', '{"audience":"a","keys":[],"tokens":[{}]}'])(
    'that is not ours, %j, lets nobody in and is not overwritten',
    async (text) => {
      const { token, record } = await tokens.create(wish, space.signal)
      await tokens.verify(token)
      writeFileSync(space.file, text)
      await setImmediate() // the file is looked at once a turn of the event loop
      expect(tokens.known(token)).toBeNull()
      expect(await tokens.verify(token)).toBeNull()
      for (const work of [tokens.create(wish, space.signal), tokens.revoke(record.id)]) {
        await expect(work).rejects.toMatchObject({ code: 'not-configured' })
      }
      expect(readFileSync(space.file, 'utf8')).toBe(text)
    },
  )
})

describe('a link', () => {
  test('is spent once, whoever of many servers asks first', async () => {
    const { code, record } = await tokens.createLink({ scope: 'run', ttlMs: HOUR_MS })
    expect(readFileSync(space.file, 'utf8')).not.toContain(code)
    const tries = await Promise.all([tokens, space.open(), space.open()].map((each) => each.spendLink(code)))
    expect(tries.filter((found) => found !== null)).toEqual([
      { ...record, link: { ...record.link, spentMs: space.clock.ms } },
    ])
    expect(await space.open().spendLink(code)).toBeNull()
    expect(tokens.isLive(record.id)).toBe(true)
  })

  test('that has expired, was revoked or never was lets nobody in, and writes nothing', async () => {
    const late = await tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    space.clock.ms += 60_000
    const revoked = await tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    await tokens.revoke(revoked.record.id)
    const before = statSync(space.file).mtimeMs
    for (const code of [late.code, revoked.code, 'x', '']) expect(await tokens.spendLink(code)).toBeNull()
    expect(statSync(space.file).mtimeMs).toBe(before)
  })
})
