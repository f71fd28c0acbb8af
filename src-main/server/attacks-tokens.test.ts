import { createPrivateKey } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MAX_TOKEN_LENGTH } from '../tokens/verify-token.ts'
import { FORGERIES, forge, recordOf, type Forger } from '../../test-support/tokens/forgery.ts'
import { readKeyFile, keyFilePath } from '../tokens/key-file.ts'
import type { StoredAccess } from '../store/access/records.ts'
import { openTokens, type OpenTokens } from '../../test-support/tokens/open-tokens.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { head, sendRaw } from '../../test-support/server/raw.ts'

const BODY = JSON.stringify({ fromMs: 42, toMs: 60_000 })
const never = new AbortController().signal

let fixture: ServerFixture
/** Another program that has the same store. */
let other: OpenTokens
/** All that the server logged, by a log that hides nothing. */
let logged = ''
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) })
  fixture = await startServer({ log, limits: { failures: { burst: 10_000, perSecond: 10_000 } } })
  other = await openTokens(fixture.dataDir, { keychain: fixture.keychain })
})
afterAll(async () => {
  await other.close()
  await fixture.close()
})

function ask(authorization: string | null, path = '/api/counts.outside'): Promise<Response> {
  return fetch(`${fixture.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization !== null && { authorization }),
    },
    body: BODY,
  })
}

/** A token by which the server would let somebody in, and the key that signed it: out of the keychain. */
async function rightOne(): Promise<Forger & { readonly token: string }> {
  const { token } = await fixture.tokens.create({ scope: 'read', ttlMs: 3_600_000, name: 'test' }, never)
  const header = decodeProtectedHeader(token)
  const { kid } = header
  const key = (await stored()).keys.find((each) => each.kid === kid)
  expect(readKeyFile(keyFilePath(fixture.dataDir)).keys).toMatchObject([{ kid, d: null }])
  const d = fixture.keychain.entries.get(`token signing key ${key?.kid}`) ?? ''
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key?.x ?? '', d }
  return {
    token,
    header: { ...header },
    claims: { ...decodeJwt(token) },
    key: createPrivateKey({ key: jwk, format: 'jwk' }),
  }
}

function stored(): Promise<StoredAccess> {
  return other.store.access()
}

function expectRefused(response: Response): void {
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
}

describe('a forged token', () => {
  test('that is made as ours are is one of ours: the forger forges', async () => {
    const right = await rightOne()
    expect(forge(right)).toBe(right.token)
    expect((await ask(`Bearer ${right.token}`)).status).toBe(200)
  })

  test.each(FORGERIES)('is refused and not logged: %s', async (_wrong, forgery) => {
    const token = forgery(await rightOne())
    expectRefused(await ask(`Bearer ${token}`))
    expectRefused(await ask(`Bearer ${token}`)) // nothing was remembered of the first time
    expect(logged).not.toContain(token)
  })

  test('with the very key, which has leaked, is refused: it was never made here', async () => {
    const right = await rightOne()
    const claims = { ...right.claims, jti: 'made-elsewhere', scope: 'admin' }
    const response = await ask(`Bearer ${forge({ ...right, claims })}`)
    expectRefused(response)
    expect(await response.text()).not.toContain('made-elsewhere')
  })

  test('with the very key, of a token that was made here, is refused: the store does not tell all of it', async () => {
    const { header, claims, key, token } = await rightOne()
    const { tokens, audience } = await stored()
    const [record] = tokens.filter(({ id }) => id === claims['jti'])
    const known = { iss: claims['iss'], aud: audience, sub: record?.name, scope: record?.scope }
    const [iat, exp] = [record?.createdMs ?? 0, record?.expiresMs ?? 0].map((ms) => ms / 1_000)
    const made = { ...known, iat, nbf: iat, exp, jti: record?.id }
    expect({ ...claims, ...made }).toEqual(claims) // all but the nonce
    for (const nonce of [undefined, '', 'guessed', record?.sha256]) {
      expectRefused(await ask(`Bearer ${forge({ header, claims: { ...claims, ...made, nonce }, key })}`))
    }
    // Rightly signed and saying the same, in another order: it is not what was given out.
    expectRefused(await ask(`Bearer ${forge({ header, claims: { nonce: claims['nonce'], ...made }, key })}`))
    expect((await ask(`Bearer ${token}`)).status).toBe(200)
  })

  test('is refused beside the right one, which goes on', async () => {
    const right = await rightOne()
    for (let i = 0; i < 3; i++) {
      expectRefused(await ask(`Bearer ${right.token}x`))
      expect((await ask(`Bearer ${right.token}`)).status).toBe(200)
    }
  })

  test('of more than a token may have is refused before anything is done with it', async () => {
    const right = await rightOne()
    const claims = { ...right.claims, sub: 'x'.repeat(MAX_TOKEN_LENGTH) }
    const token = forge({ ...right, claims })
    const made = recordOf(right.header, claims, token)
    await other.store.takeAccess({ ...(await stored()), tokens: [made] })
    expectRefused(await ask(`Bearer ${token}`))
    expectRefused(await ask(`Bearer ${'e'.repeat(12_000)}.e.e`))
    expect([400, 431]).toContain((await ask(`Bearer ${'e'.repeat(200_000)}`)).status)
  })
})

describe('a right token in the wrong place', () => {
  test.each(['token', 'access_token', 'authorization', 'code'])(
    'in the query as %s is no token, and not logged',
    async (name) => {
      const { token } = await rightOne()
      const response = await ask(null, `/api/counts.outside?${name}=${token}`)
      expect([400, 401]).toContain(response.status)
      expect(await response.text()).not.toContain(token)
      expect(logged).not.toContain(token)
    },
  )

  test('in the session cookie is no session', async () => {
    const { token } = await rightOne()
    for (const name of [`jira_tpm_session_${fixture.port}`, 'authorization', 'token']) {
      const headers = { authorization: '', cookie: `${name}=${token}`, origin: fixture.url }
      expect((await fixture.call('/api/counts.outside', { body: BODY, headers })).status).toBe(401)
    }
  })

  test.each(['Token', 'JWT', 'Basic', 'Bearer Bearer', 'DPoP', ''])('after %j is none', async (scheme) => {
    const { token } = await rightOne()
    expect((await ask(`${scheme} ${token}`)).status).toBe(401)
  })

  test.each(['bearer', 'BEARER', 'Bearer  '])(
    '%j is the scheme all the same: RFC 9110, 11.1',
    async (scheme) => {
      const { token } = await rightOne()
      expect((await ask(`${scheme} ${token}`)).status).toBe(200)
      expectRefused(await ask(`${scheme} ${token}x`))
    },
  )

  test('beside a second Authorization header is 400, whichever comes first', async () => {
    const { token } = await rightOne()
    const right = `Authorization: Bearer ${token}\r\n`
    for (const both of [
      `${right}authorization: Bearer x\r\n`,
      `AUTHORIZATION: Bearer x\r\n${right}`,
      right + right,
    ]) {
      const first = head('POST /api/counts.outside HTTP/1.1', {
        host: `127.0.0.1:${fixture.port}`,
        'Content-Type': 'application/json',
        'Content-Length': String(BODY.length),
      })
      const { statuses } = await sendRaw(fixture.port, first.replace(/\r\n\r\n$/, `\r\n${both}\r\n${BODY}`))
      expect(statuses).toEqual([400])
    }
  })
})

describe('a revoked token', () => {
  test('is refused within a second, though another program revoked it', async () => {
    const { token, claims } = await rightOne()
    for (let i = 0; i < 3; i++) expect((await ask(`Bearer ${token}`)).status).toBe(200)
    await other.tokens.revoke(claims['jti'] as string)
    const began = performance.now()
    await vi.waitFor(async () => expect((await ask(`Bearer ${token}`)).status).toBe(401), { timeout: 5_000 })
    expect(performance.now() - began).toBeLessThan(promisedMs(1_000))
    expectRefused(await ask(`Bearer ${token}`))
  })

  test('is refused when what the store has of it is gone, as all are', async () => {
    const { token } = await rightOne()
    expect((await ask(`Bearer ${token}`)).status).toBe(200)
    await other.tokens.rotate(never, { revoke: true })
    await vi.waitFor(async () => expect((await ask(`Bearer ${token}`)).status).toBe(401), { timeout: 5_000 })
    expectRefused(await ask(`Bearer ${fixture.token}`))
    expect((await ask(`Bearer ${(await rightOne()).token}`)).status).toBe(200)
  })
})

test('in all this the log had no token, and no code of a link', () => {
  expect(logged).not.toMatch(/eyJ|[#?&]code=/)
})
