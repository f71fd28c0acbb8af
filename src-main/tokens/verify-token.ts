import type { KeyObject } from 'node:crypto'
import { decodeJwt, errors, jwtVerify, type JWTHeaderParameters } from 'jose'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { SCOPES, type Scope } from '../../src-shared/contract/schema.ts'
import type { Clock } from '../runtime/clock.ts'
import { MAX_TTL_MS } from './lifetimes.ts'
import { digestOf, type TokenBook, type TokenRecord } from './token-file.ts'

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

/** The record of a token that is right in all respects; null for any other. */
export async function verifyToken(
  token: string,
  book: TokenBook,
  nowMs: number,
): Promise<TokenRecord | null> {
  if (token.length > MAX_TOKEN_LENGTH || !THREE_PARTS.test(token)) return null
  try {
    if (!mayBeOurs(token, book)) return null
    const { payload, protectedHeader } = await jwtVerify(token, (header) => keyOf(header, book), {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: book.audience,
      typ: 'JWT',
      maxTokenAge: MAX_TTL_MS / 1_000,
      currentDate: new Date(nowMs),
    })
    if (!Check(Claims, payload)) return null
    return recordOf(payload, protectedHeader.kid, book)
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

/**
 * Only the very text that was given out: a key that leaked signs no other. Checking a signature takes some tenths of a
 * ms: it is not done for what we never made, or have revoked.
 */
function mayBeOurs(token: string, { records }: TokenBook): boolean {
  const record = records.get(decodeJwt(token).jti ?? '')
  return record?.revokedMs === null && record.sha256 === digestOf(token)
}

/** By the file alone: no header leads to another key. */
function keyOf(header: JWTHeaderParameters, { keys }: TokenBook): KeyObject {
  const key = Check(TokenHeader, header) ? keys.get(header.kid) : undefined
  if (key === undefined) throw new errors.JWKSNoMatchingKey()
  return key
}

/** What is signed must be what was made. */
function recordOf(claims: Claims, kid: string | undefined, { records }: TokenBook): TokenRecord | null {
  const { jti, scope, sub, aud, iat, exp } = claims
  const record = records.get(jti)
  if (record === undefined || typeof aud !== 'string') return null
  const isSame = record.kid === kid && record.scope === scope && record.name === sub
  const isShort = (exp - iat) * 1_000 <= MAX_TTL_MS && record.expiresMs === exp * 1_000
  return isSame && isShort ? record : null
}

/** A token that is right, neither expired nor revoked. */
export interface VerifiedToken {
  /** Its `jti`. */
  readonly id: string
  readonly scope: Scope
  readonly expiresMs: number
}

/** `onChange` is called for each change of the file, by whichever process, when the file is next read. */
export function createVerifier(
  currentBook: () => TokenBook,
  clock: Pick<Clock, 'now'>,
  onChange?: (former: TokenBook, book: TokenBook) => void,
) {
  const remembered = new Map<string, VerifiedToken>()
  /** By the digest of their codes. */
  const screens = new Map<string, VerifiedToken>()
  let rememberedOf: TokenBook | null = null

  /** Whatever changed in the book, what was found out before counts no more. */
  const look = (): TokenBook => {
    const book = currentBook()
    if (book === rememberedOf) return book
    remembered.clear()
    screens.clear()
    for (const { id, scope, expiresMs, link } of book.records.values())
      if (link !== null && scope === 'display') screens.set(link.digest, { id, scope, expiresMs })
    if (rememberedOf !== null) onChange?.(rememberedOf, book)
    rememberedOf = book
    return book
  }
  if (onChange !== undefined) look() // what changes from now on is reported

  return {
    /** A token that was verified before and is still good, in microseconds; null where that must be found out. */
    known(token: string): VerifiedToken | null {
      look()
      const found = remembered.get(token)
      return found !== undefined && found.expiresMs > clock.now() ? found : null
    },
    /** Null for a token that is not good, whatever the reason. */
    async verify(token: string): Promise<VerifiedToken | null> {
      const record = await verifyToken(token, look(), clock.now())
      // Looked at after the signature was checked: it may have been revoked meanwhile.
      const found = record === null ? undefined : look().records.get(record.id)
      if (found === undefined || !isGood(found, clock.now())) return null
      const { id, scope, expiresMs } = found
      if (remembered.size >= MAX_REMEMBERED) forgetFirst(remembered)
      remembered.set(token, { id, scope, expiresMs })
      return { id, scope, expiresMs }
    },
    /** The link of a screen by its code, while it is good; in microseconds. */
    screenOf(code: string): VerifiedToken | null {
      const { records } = look()
      const found = screens.get(digestOf(code))
      const record = found && records.get(found.id)
      return found && record && isGood(record, clock.now()) ? found : null
    },
    /** Whether the token of this id is neither expired nor revoked. */
    isLive(id: string): boolean {
      const record = look().records.get(id)
      return record !== undefined && isGood(record, clock.now())
    },
  }
}

function isGood({ revokedMs, expiresMs }: TokenRecord, nowMs: number): boolean {
  return revokedMs === null && expiresMs > nowMs
}

function forgetFirst(remembered: Map<string, VerifiedToken>): void {
  const first = remembered.keys().next()
  if (first.done !== true) remembered.delete(first.value)
}
