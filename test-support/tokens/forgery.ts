import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto'
import { NEVER_USED, type TokenRecord } from '../../src-main/store/access/records.ts'
import type { Book } from '../../src-main/tokens/access-book.ts'
import { digestOf } from '../../src-main/tokens/digest.ts'

/** Signs whatever it is given, past every library that would refuse to. */
export interface Forger {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** The key that signs; nobody else should have it. */
  readonly key: KeyObject
}

/** A token of these parts; `key` null leaves the signature out. */
export function forge({ header, claims, key }: Omit<Forger, 'key'> & { key: KeyObject | null }): string {
  const body = `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`
  return `${body}.${key === null ? '' : sign(null, Buffer.from(body), key).toString('base64url')}`
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function hmac(header: unknown, claims: unknown, secret: string | Buffer): string {
  const body = `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}

/** A right token's parts, and the book that knows it. */
export function rightParts(nowMs: number): Forger & { book: Book; record: TokenRecord } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const iat = Math.floor(nowMs / 1_000)
  const claims = {
    iss: 'jira-tpm',
    aud: 'jira-tpm:here',
    sub: 'test',
    scope: 'read',
    iat,
    nbf: iat,
    exp: iat + 3_600,
    jti: randomUUID(),
    nonce: 'n-0nce',
  }
  const header = { alg: 'EdDSA', typ: 'JWT', kid: 'kid-1' }
  const record = recordOf(header, claims, forge({ header, claims, key: privateKey }))
  const key = { kid: header.kid, audience: 'jira-tpm:here', x: '', createdMs: 0, retiredMs: null, publicKey }
  const records = new Map([[record.id, record]])
  const stored = { audience: key.audience, revision: 1, keys: [key], tokens: [record], sessions: [] }
  return {
    header,
    claims,
    key: privateKey,
    record,
    book: { stored, keys: new Map([[key.kid, key]]), records, links: new Map(), sessions: new Map() },
  }
}

/** The record that would go with a token, so that nothing but the token itself is amiss. */
export function recordOf(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  token: string,
): TokenRecord {
  const { jti, scope, sub, iat, exp } = claims
  return {
    id: jti as string,
    kid: header['kid'] as string,
    sha256: digestOf(token),
    link: null,
    scope: scope as TokenRecord['scope'],
    name: sub as string,
    createdMs: (iat as number) * 1_000,
    expiresMs: (exp as number) * 1_000,
    revokedMs: null,
    ...NEVER_USED,
    changedIn: 'here',
  }
}

type Forgery = (right: Forger) => string

const withHeader =
  (change: Record<string, unknown>): Forgery =>
  ({ header, ...rest }) =>
    forge({ ...rest, header: { ...header, ...change } })

/** What is changed may depend on the time at which the right token was made, in s. */
const withClaims =
  (change: (iat: number) => Record<string, unknown>): Forgery =>
  ({ claims, ...rest }) =>
    forge({ ...rest, claims: { ...claims, ...change(claims['iat'] as number) } })

const strangers = generateKeyPairSync('ed25519')
const strangersJwk = strangers.publicKey.export({ format: 'jwk' })

const signature = (token: string): string => token.split('.')[2] ?? ''

/** HMAC with what everybody may know: the public key, in each form that a library might take for a secret. */
const confused =
  (form: (publicKey: KeyObject) => string | Buffer): Forgery =>
  ({ header, claims, key }) =>
    hmac({ ...header, alg: 'HS256' }, claims, form(createPublicKey(key)))

/** Tokens that somebody may make of a right one's parts: what is wrong with each, and how it is made. */
export const FORGERIES: readonly (readonly [wrong: string, Forgery])[] = [
  [
    'alg none, no signature',
    ({ header, claims }) => forge({ header: { ...header, alg: 'none' }, claims, key: null }),
  ],
  ['alg none, signed', withHeader({ alg: 'none' })],
  ['alg NonE', withHeader({ alg: 'NonE' })],
  ['another name of the algorithm', withHeader({ alg: 'Ed25519' })],
  ['alg HS256, by the public key as PEM', confused((key) => key.export({ type: 'spki', format: 'pem' }))],
  ['alg HS256, by the public key as DER', confused((key) => key.export({ type: 'spki', format: 'der' }))],
  [
    'alg HS256, by the bytes of the public key',
    confused((key) => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')),
  ],
  ['alg HS256, by nothing', confused(() => '')],
  ['no signature', ({ header, claims }) => forge({ header, claims, key: null })],
  ["a stranger's key", (right) => forge({ ...right, key: strangers.privateKey })],
  [
    "a stranger's key, which it brings",
    ({ header, claims }) =>
      forge({ header: { ...header, jwk: strangersJwk }, claims, key: strangers.privateKey }),
  ],
  [
    'the right key, brought',
    (right) => withHeader({ jwk: createPublicKey(right.key).export({ format: 'jwk' }) })(right),
  ],
  ['a place to get the key from: jku', withHeader({ jku: 'http://127.0.0.1:1/keys' })],
  ['a place to get the key from: x5u', withHeader({ x5u: 'http://127.0.0.1:1/cert' })],
  ['certificates: x5c', withHeader({ x5c: ['MIIB'] })],
  ['crit', withHeader({ crit: ['exp'] })],
  ['crit with b64', withHeader({ crit: ['b64'], b64: false })],
  ['a header without typ', withHeader({ typ: undefined })],
  ['another typ', withHeader({ typ: 'at+jwt' })],
  ['no kid', withHeader({ kid: undefined })],
  ['an unknown kid', withHeader({ kid: 'kid-2' })],
  ['a kid that is a path', withHeader({ kid: '../../../../dev/null' })],
  ['a kid that is SQL', withHeader({ kid: "x' UNION SELECT 'key" })],
  ['a kid that every object has', withHeader({ kid: '__proto__' })],
  ['a kid that is a number', withHeader({ kid: 1 })],
  ['a kid that is a list', withHeader({ kid: ['kid-1'] })],
  ["another's audience", withClaims(() => ({ aud: 'jira-tpm:elsewhere' }))],
  ['two audiences', withClaims(() => ({ aud: ['jira-tpm:here', 'jira-tpm:elsewhere'] }))],
  ['no audience', withClaims(() => ({ aud: undefined }))],
  ['another issuer', withClaims(() => ({ iss: 'jira-tpn' }))],
  ['no issuer', withClaims(() => ({ iss: undefined }))],
  ['it has expired', withClaims((iat) => ({ iat: iat - 20, nbf: iat - 20, exp: iat - 10 }))],
  ['it expires now', withClaims((iat) => ({ iat: iat - 20, nbf: iat - 20, exp: iat }))],
  ['it is not valid yet', withClaims((iat) => ({ nbf: iat + 60 }))],
  ['it was made in the future', withClaims((iat) => ({ iat: iat + 60 }))],
  ['it lives longer than a day', withClaims((iat) => ({ exp: iat + 86_401 }))],
  ['it never expires', withClaims(() => ({ exp: undefined }))],
  ['it expires at a text', withClaims((iat) => ({ exp: String(iat + 60) }))],
  ['it expires between two seconds', withClaims((iat) => ({ exp: iat + 60.5 }))],
  ['no iat', withClaims(() => ({ iat: undefined }))],
  ['no nbf', withClaims(() => ({ nbf: undefined }))],
  ['no jti', withClaims(() => ({ jti: undefined }))],
  ['no nonce', withClaims(() => ({ nonce: undefined }))],
  ['no scope', withClaims(() => ({ scope: undefined }))],
  [
    'its scope raised after it was signed',
    (right) => {
      const raised = forge({ ...right, claims: { ...right.claims, scope: 'admin' }, key: null })
      return `${raised}${signature(forge(right))}`
    },
  ],
  ['a scope that is none', withClaims(() => ({ scope: 'root' }))],
  ['scopes in a list', withClaims(() => ({ scope: ['read', 'admin'] }))],
  ['scopes in a row', withClaims(() => ({ scope: 'read admin' }))],
  ['a claim that ours do not have', withClaims(() => ({ admin: true }))],
  ['it is longer than any of ours', withClaims(() => ({ sub: 'x'.repeat(2_000) }))],
  ['four parts', (right) => `${forge(right)}.e30`],
  ['padding', (right) => `${forge(right)}==`],
  ['a signature cut short', (right) => forge(right).slice(0, -4)],
  ['another header than was signed', (right) => withoutFirst(forge(right))],
  ['parts that are not JSON', (right) => `${base64('{')}.${base64('{')}.${signature(forge(right))}`],
  ['a header that is null', (right) => `${base64('null')}.${base64('{}')}.${signature(forge(right))}`],
  ['nothing at all', () => '..'],
]

function withoutFirst(token: string): string {
  const [header = '', ...rest] = token.split('.')
  const spaced = Buffer.from(header, 'base64url').toString().replace('{', '{ ')
  return [base64(spaced), ...rest].join('.')
}
