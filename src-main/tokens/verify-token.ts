import type { KeyObject } from 'node:crypto'
import { decodeJwt, errors, jwtVerify, type JWTHeaderParameters } from 'jose'
import { Check } from 'typebox/value'
import { ALGORITHM, Claims, ISSUER, MAX_TOKEN_LENGTH, MAX_TTL_MS, TokenHeader } from './claims.ts'
import { digestOf } from './one-time-code.ts'
import type { TokenBook } from './token-book.ts'
import type { TokenRecord } from './token-file.ts'

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
 * ms: nobody has us do it for what we never made, or have revoked.
 */
function mayBeOurs(token: string, { records }: TokenBook): boolean {
  const record = records.get(decodeJwt(token).jti ?? '')
  return record?.revokedMs === null && record.sha256 === digestOf(token)
}

/** By the book alone: no header leads to a key from elsewhere. */
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
