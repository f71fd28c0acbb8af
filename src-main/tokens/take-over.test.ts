import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { decodeProtectedHeader, SignJWT } from 'jose'
import { beforeEach, expect, test } from 'vitest'
import { createTokenWorkspace, type TokenWorkspace } from '../../test-support/tokens/workspace.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { digestOf } from './digest.ts'
import type { FormerFile } from './key-file.ts'
import { createSigningKeys } from './signing-keys.ts'
import { takeOverFile } from './take-over.ts'

const HOUR_MS = 3_600_000
const wish = { scope: 'read', ttlMs: HOUR_MS, name: 'ci' } as const

let space: TokenWorkspace
let former: FormerFile
let token: string
beforeEach(async () => {
  space = createTokenWorkspace()
  space.keychain.trouble = 'missing'
  ;({ former, token } = await formerFile(space))
  writeFileSync(space.file, JSON.stringify(former), { mode: 0o600 })
})

/** What the edition before wrote where there is no keychain: a token that is good, a link, and one of each that is not. */
async function formerFile({ clock, signal }: TokenWorkspace) {
  const missing = createMemoryKeychain()
  missing.trouble = 'missing'
  const key = await createSigningKeys(missing, { info() {}, warn() {} }).make(signal)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.x, d: key.d ?? '' }
  const iat = Math.floor(clock.ms / 1_000)
  const signed = await new SignJWT({ scope: 'run', nonce: 'nonce' })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: key.kid })
    .setIssuer('jira-tpm')
    .setAudience('jira-tpm:former')
    .setSubject('night')
    .setIssuedAt(iat)
    .setNotBefore(iat)
    .setExpirationTime(iat + 3_600)
    .setJti('token-1')
    .sign(createPrivateKey({ key: jwk, format: 'jwk' }))
  const record = { name: 'night', createdMs: iat * 1_000, expiresMs: (iat + 3_600) * 1_000, revokedMs: null }
  const link = { ...record, kid: null, scope: 'admin' as const }
  const spentMs = clock.ms
  return {
    token: signed,
    former: {
      audience: 'jira-tpm:former',
      keys: [{ kid: key.kid, createdMs: clock.ms, retiredMs: null, x: key.x, d: key.d }],
      tokens: [
        {
          ...record,
          id: 'token-1',
          kid: key.kid,
          sha256: digestOf(signed),
          link: null,
          scope: 'run' as const,
        },
        { ...record, id: 'no-digest', kid: key.kid, link: null, scope: 'run' as const },
        {
          ...link,
          id: 'link-1',
          link: { digest: digestOf('a code'), untilMs: clock.ms + HOUR_MS, spentMs: null },
        },
        { ...link, id: 'spent', link: { digest: digestOf('spent'), untilMs: clock.ms + HOUR_MS, spentMs } },
      ],
    },
  }
}

test('tokens and links of the edition before are good from the first opening on, and the file has the key alone', async () => {
  const { tokens, store } = await space.open()
  expect(await tokens.verify(token)).toMatchObject({ id: 'token-1', scope: 'run' })
  expect(await tokens.openLink('spent')).toBeNull()
  expect(await tokens.openLink('a code')).toMatchObject({ link: { id: 'link-1', scope: 'admin' } })
  const [key] = former.keys
  expect(JSON.parse(readFileSync(space.file, 'utf8'))).toEqual({
    keys: [{ store: 'jira-tpm:former', kid: key?.kid, d: key?.d }],
  })
  const { keys, tokens: records } = await store.access()
  expect(JSON.stringify(keys)).not.toContain(key?.d)
  expect(records.map(({ id }) => id)).not.toContain('no-digest') // it has nothing to be compared with

  // The workspace goes on signing with the key that it had.
  const next = await tokens.create(wish, space.signal)
  expect(decodeProtectedHeader(next.token).kid).toBe(key?.kid)
  expect(await tokens.verify(next.token)).not.toBeNull()
})

test('several processes at once, and one that died before it wrote the file, take over the same once', async () => {
  const { store, tokens } = await space.open()
  await tokens.revoke('token-1')
  const taken = await store.access()
  writeFileSync(space.file, JSON.stringify(former)) // as if the first had died then
  const opened = await Promise.all([space.open(), space.open(), space.open()])
  for (const each of opened) {
    expect(await each.tokens.verify(token)).toBeNull() // what was revoked since stays so
    expect(await each.tokens.verify((await each.tokens.create(wish, space.signal)).token)).not.toBeNull()
  }
  const { keys, tokens: records } = await store.access()
  expect([keys, records.length]).toEqual([taken.keys, taken.tokens.length + opened.length])
  expect(space.ownKeys()).toHaveLength(1)
})

test('into a store that has tokens already the workspace brings its own, good by its key; new keys are for the store', async () => {
  const first = await space.open()
  const elsewhere = createTokenWorkspace()
  const { tokens: theirs, store } = await elsewhere.open()
  const made = await theirs.create(wish, elsewhere.signal)
  writeFileSync(space.file, JSON.stringify(former))
  await takeOverFile(space.file, store, first.book.workspace)
  expect(await theirs.verify(token)).toMatchObject({ id: 'token-1' })
  expect(await theirs.verify(made.token)).not.toBeNull()
  const { audience, keys } = await store.access()
  expect(space.ownKeys()).toMatchObject([{ store: audience, kid: former.keys[0]?.kid }])
  expect(keys.map((key) => key.audience).toSorted()).toEqual([audience, 'jira-tpm:former'].toSorted())
})
