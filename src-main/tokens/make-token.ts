import { randomUUID, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { NEVER_USED, type SignedText, type TokenRecord } from '../store/access/records.ts'
import type { AccessBook } from './access-book.ts'
import { digestOf, newAudience, newSecret } from './digest.ts'
import { DISPLAY_TTL_MS, MAX_TTL_MS, MIN_TTL_MS } from './lifetimes.ts'
import { currentKey, type CurrentKey, type MakingParts } from './own-key.ts'
import { ALGORITHM, ISSUER } from './verify-token.ts'

/** What a new token shall be. */
export interface TokenRequest {
  readonly scope: Scope
  /** Whole seconds, from `MIN_TTL_MS` to `MAX_TTL_MS`. */
  readonly ttlMs: number
  /** Whose it is, for the list: 1 to 64 characters. */
  readonly name: string
}

export interface MadeToken {
  readonly token: string
  readonly record: TokenRecord
}

export const LINK_NAME = 'one-time link'

const NAME = /^[^\p{C}]{1,64}$/u

/** Signs a token and writes it down; it is good from then on. Throws as `Tokens.create`. */
export async function makeToken(request: TokenRequest, parts: MakingParts): Promise<MadeToken> {
  check(request)
  const current = await currentKey(parts)
  const privateKey = await parts.signingKeys.privateHalf(current, parts.signal)
  const made = await recordedToken(request, current, privateKey, parts)
  await parts.book.change((store) => store.addToken(made.record, current.audience))
  return made
}

function check({ ttlMs, name }: TokenRequest): void {
  if (!(ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS && ttlMs % 1_000 === 0)) {
    throw new AppError('usage', 'A token lives from 10 seconds to 24 hours.', {
      consequence: 'No token was made.',
    })
  }
  checkName(name, 'No token was made.')
}

function checkName(name: string, consequence: string): void {
  if (NAME.test(name)) return
  throw new AppError('usage', 'A name has 1 to 64 characters that can be seen.', { consequence })
}

async function recordedToken(
  { scope, ttlMs, name }: TokenRequest,
  current: CurrentKey,
  privateKey: KeyObject,
  { book, nowMs }: MakingParts,
): Promise<MadeToken> {
  const id = randomUUID()
  const { token, sha256, kid, createdMs, expiresMs } = await signToken(
    { id, scope, name, ttlMs },
    current,
    privateKey,
    nowMs,
  )
  return {
    token,
    record: {
      ...NEVER_USED,
      id,
      kid,
      sha256,
      link: null,
      scope,
      name,
      createdMs,
      expiresMs,
      revokedMs: null,
      changedIn: book.workspace,
    },
  }
}

/** The text of a token, of whole seconds. Nothing is written. */
export async function signToken(
  { id, scope, name, ttlMs }: Pick<TokenRecord, 'id' | 'scope' | 'name'> & { readonly ttlMs: number },
  { audience, kid }: CurrentKey,
  privateKey: KeyObject,
  nowMs: number,
): Promise<SignedText & { readonly token: string; readonly createdMs: number; readonly expiresMs: number }> {
  const iat = Math.floor(nowMs / 1_000)
  const exp = iat + ttlMs / 1_000
  const token = await new SignJWT({ scope, nonce: newSecret() })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setSubject(name)
    .setIssuedAt(iat)
    .setNotBefore(iat)
    .setExpirationTime(exp)
    .setJti(id)
    .sign(privateKey)
  rememberSecret(token, null)
  return { token, kid, sha256: digestOf(token), createdMs: iat * 1_000, expiresMs: exp * 1_000 }
}

/** What a new link shall be. */
export interface LinkRequest {
  readonly scope: Scope
  /** How long it can be opened, from `MIN_TTL_MS` to `MAX_TTL_MS`; of a screen up to `DISPLAY_TTL_MS`. */
  readonly ttlMs: number
  /** Whose it is, for the list: 1 to 64 characters. */
  readonly name?: string | undefined
}

/**
 * A code that opens the dashboard once, by any server of the store. It is written down by its digest, so a command makes it
 * without asking a server, be that behind TLS or a proxy. What it opens lasts as long as a token may, and ends when it is
 * revoked. Of scope `display` it opens as often as the screen is started, until it expires: nobody is there to open another.
 */
export async function makeLink(book: AccessBook, request: LinkRequest, nowMs: number): Promise<MadeLink> {
  const made = newLink(book, request, nowMs)
  await book.change((store) => store.addToken(made.record, newAudience()))
  return made
}

export interface MadeLink {
  readonly code: string
  readonly record: TokenRecord
}

/** As `makeLink`, of which nothing is written. */
export function newLink(
  book: Pick<AccessBook, 'workspace'>,
  { scope, ttlMs, name = LINK_NAME }: LinkRequest,
  nowMs: number,
): MadeLink {
  const isScreen = scope === 'display'
  if (!(ttlMs >= MIN_TTL_MS && ttlMs <= (isScreen ? DISPLAY_TTL_MS : MAX_TTL_MS))) {
    const most = isScreen ? '180 days' : '24 hours'
    throw new AppError('usage', `A link can be opened for 10 seconds to ${most}.`, {
      consequence: 'No link was made.',
    })
  }
  checkName(name, 'No link was made.')
  const code = newSecret()
  const record: TokenRecord = {
    ...NEVER_USED,
    id: randomUUID(),
    kid: null,
    sha256: null,
    link: { digest: digestOf(code), untilMs: nowMs + ttlMs, spentMs: null },
    scope,
    name,
    createdMs: nowMs,
    expiresMs: nowMs + (isScreen ? ttlMs : MAX_TTL_MS),
    revokedMs: null,
    changedIn: book.workspace,
  }
  return { code, record }
}
