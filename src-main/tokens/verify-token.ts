import type { KeyObject } from 'node:crypto'
import { decodeJwt, errors, jwtVerify, type JWTHeaderParameters } from 'jose'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { SCOPES, type Scope } from '../../src-shared/contract/schema.ts'
import type { Clock } from '../runtime/clock.ts'
import type { SignedText, TokenRecord } from '../store/access/records.ts'
import { LOGIN_MS, MAX_TTL_MS } from './lifetimes.ts'
import type { AccessBook, Book, VerifyingKey } from './access-book.ts'
import { digestOf } from './digest.ts'

/** The one algorithm, by RFC 8037: a server that checks needs no secret, and there is no other to be talked into. */
export const ALGORITHM = 'EdDSA'

export const ISSUER = 'jira-tpm'

/** Exactly what our headers have: `jwk`, `jku`, `x5u` and `crit` would have a say in how the token is checked. */
const TokenHeader = Type.Object(
  { alg: Type.Literal(ALGORITHM), typ: Type.Literal('JWT'), kid: Type.String({ maxLength: 64 }) },
  { additionalProperties: false },
)

/** RFC 7519 and a nonce, all of them required; times in s. */
const Claims = Type.Object(
  {
    iss: Type.Literal(ISSUER),
    aud: Type.String(),
    sub: Type.String(),
    scope: Type.Enum(SCOPES),
    iat: Type.Integer(),
    nbf: Type.Integer(),
    exp: Type.Integer(),
    jti: Type.String(),
    /** In the token alone: its record and the key that signed it do not make it again. */
    nonce: Type.String({ minLength: 1, maxLength: 64 }),
  },
  { additionalProperties: false },
)

/** Longer ones are refused before anything is done with them; ours have about 500 characters. */
export const MAX_TOKEN_LENGTH = 2_048

type Claims = Static<typeof Claims>

/** How many verified tokens are remembered; of more, those that came first are verified again. */
const MAX_REMEMBERED = 1_000

const THREE_PARTS = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** The record of a token that is right in all respects, as it expires with that text; null for any other. */
export async function verifyToken(token: string, book: Book, nowMs: number): Promise<TokenRecord | null> {
  if (!isOfOurForm(token)) return null
  try {
    const found = recordAndKey(token, book)
    if (found === null) return null
    const { record, key } = found
    const { payload } = await jwtVerify(token, (header) => keyIfNamed(header, key), {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: key.audience,
      typ: 'JWT',
      maxTokenAge: longestOf(record) / 1_000,
      currentDate: new Date(nowMs),
    })
    if (!Check(Claims, payload)) return null
    return recordOf(payload, record)
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

function isOfOurForm(token: string): boolean {
  return token.length <= MAX_TOKEN_LENGTH && THREE_PARTS.test(token)
}

/**
 * Only of the very text that was given out: a key that leaked signs no other. Checking a signature takes some tenths of a
 * ms: it is not done for what we never made, or have revoked.
 */
function recordAndKey(
  token: string,
  { records, keys }: Book,
): { readonly record: TokenRecord; readonly key: VerifyingKey } | null {
  const record = records.get(decodeJwt(token).jti ?? '')
  if (record?.revokedMs !== null) return null
  const text = textOf(record, digestOf(token))
  const key = text === null ? undefined : keys.get(text.kid)
  return key === undefined ? null : { record, key }
}

/** As it was signed last, or before it was renewed. */
function textOf({ kid, sha256, former }: TokenRecord, digest: string): SignedText | null {
  if (kid !== null && sha256 === digest) return { kid, sha256 }
  return former.find((text) => text.sha256 === digest) ?? null
}

function longestOf({ loginMs }: TokenRecord): number {
  return loginMs === null ? MAX_TTL_MS : LOGIN_MS
}

/** By the record alone: no header leads to another key. */
function keyIfNamed(header: JWTHeaderParameters, { kid, publicKey }: VerifyingKey): KeyObject {
  if (!Check(TokenHeader, header) || header.kid !== kid) throw new errors.JWKSNoMatchingKey()
  return publicKey
}

/** What is signed must be what was made. */
function recordOf(claims: Claims, record: TokenRecord): TokenRecord | null {
  const { scope, sub, aud, iat, exp } = claims
  const expiresMs = exp * 1_000
  const isSame = record.scope === scope && record.name === sub && typeof aud === 'string'
  const isShort = (exp - iat) * 1_000 <= longestOf(record)
  const isItsEnd = expiresMs === record.expiresMs || (record.loginMs !== null && expiresMs < record.expiresMs)
  return isSame && isShort && isItsEnd ? { ...record, expiresMs } : null
}

/** A token that is right, neither expired nor revoked. */
export interface VerifiedToken {
  /** Its `jti`. */
  readonly id: string
  readonly scope: Scope
  /** Whose it is. */
  readonly name: string
  readonly expiresMs: number
}

interface RememberedToken {
  readonly found: VerifiedToken
  readonly digest: string
}

/** Who is known by the book as it is now, in microseconds; `look` has it read anew for who is not. */
export function createVerifier(
  { now: currentBook, look }: Pick<AccessBook, 'now' | 'look'>,
  clock: Pick<Clock, 'now'>,
) {
  const remembered = new Map<string, RememberedToken>()
  const liveRecord = (id: string): TokenRecord | null => {
    const record = currentBook().records.get(id)
    return record !== undefined && isGood(record, clock.now()) ? record : null
  }
  return {
    /** A token that was verified before and is still good; null where that must be found out. */
    known(token: string): VerifiedToken | null {
      const there = remembered.get(token)
      if (there === undefined) return null
      const { found, digest } = there
      const record = liveRecord(found.id)
      if (record !== null && found.expiresMs > clock.now() && textOf(record, digest) !== null) return found
      remembered.delete(token)
      return null
    },
    /** Null for a token that is not good, whatever the reason. Throws `store-unavailable` where that cannot be known now. */
    async verify(token: string): Promise<VerifiedToken | null> {
      if (!isOfOurForm(token)) return null
      if (!isMade(token, currentBook())) await look() // it may have been made a moment ago, by another process
      const record = await verifyToken(token, currentBook(), clock.now())
      // Looked at after the signature was checked: it may have been revoked meanwhile.
      if (record === null || liveRecord(record.id) === null) return null
      const { id, scope, name, expiresMs } = record
      if (remembered.size >= MAX_REMEMBERED) forgetFirst(remembered)
      const found = { id, scope, name, expiresMs }
      remembered.set(token, { found, digest: digestOf(token) })
      return found
    },
    /** The link of a screen by its code, while it is good. */
    screenOf(code: string): VerifiedToken | null {
      const found = currentBook().links.get(digestOf(code))
      return found?.scope === 'display' && isGood(found, clock.now()) ? found : null
    },
    /** Whether the token or the link of this id is neither expired nor revoked. */
    isLive: (id: string): boolean => liveRecord(id) !== null,
    /** Whose it is; empty where nobody knows. */
    nameOf: (id: string): string => currentBook().records.get(id)?.name ?? '',
  }
}

/** Whether this text was signed here, or has ended; true for what is none, too: no reading finds it. */
function isMade(token: string, { records }: Book): boolean {
  try {
    const record = records.get(decodeJwt(token).jti ?? '')
    if (record === undefined) return false
    return record.revokedMs !== null || textOf(record, digestOf(token)) !== null
  } catch {
    return true
  }
}

function isGood({ revokedMs, expiresMs }: TokenRecord, nowMs: number): boolean {
  return revokedMs === null && expiresMs > nowMs
}

function forgetFirst(remembered: Map<string, unknown>): void {
  const first = remembered.keys().next()
  if (first.done !== true) remembered.delete(first.value)
}
