import { randomUUID, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { ALGORITHM, ISSUER } from './verify-token.ts'
import { DISPLAY_TTL_MS, MAX_TTL_MS, MIN_TTL_MS } from './lifetimes.ts'
import type { SigningKeys } from './signing-keys.ts'
import {
  changeTokenFile,
  digestOf,
  newSecret,
  readTokenFile,
  type SigningKey,
  type TokenFile,
  type TokenRecord,
} from './token-file.ts'

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

const LINK_NAME = 'one-time link'

/** The most tokens that may exist unexpired: the list is read at each change. */
export const MAX_TOKENS = 1_000

const NAME = /^[^\p{C}]{1,64}$/u

/** Where tokens are made. */
export interface MakingParts {
  readonly file: string
  readonly signingKeys: SigningKeys
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** Signs a token and writes it down; it is good from then on. Throws as `Tokens.create`. */
export async function makeToken(request: TokenRequest, parts: MakingParts): Promise<MadeToken> {
  check(request)
  const current = await currentKey(parts)
  const privateKey = await parts.signingKeys.privateHalf(current.key, parts.signal)
  const made = await sign(request, current, privateKey, parts.nowMs)
  rememberSecret(made.token, null)
  await changeTokenFile(parts.file, parts.nowMs, (content) => ({
    content: withRecord(signedBy(content, current.key), made.record),
    result: undefined,
  }))
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

/** The key that signs. The first call in a workspace makes it, and the workspace's name as an audience. */
async function currentKey({ file, signingKeys, nowMs, signal }: MakingParts): Promise<CurrentKey> {
  const found = signingKeyOf(readTokenFile(file))
  if (found !== null) return found
  const made = await signingKeys.make(nowMs, signal)
  const current = await changeTokenFile(file, nowMs, (content) => {
    const others = signingKeyOf(content)
    if (content !== null && others !== null) return { content, result: others }
    const audience = content?.audience ?? newAudience()
    const keys = [...(content?.keys ?? []), made]
    return {
      content: { audience, keys, tokens: content?.tokens ?? [] },
      result: { audience, key: made },
    }
  })
  if (current.key.kid !== made.kid) await signingKeys.forget(made, signal) // another process was first
  return current
}

interface CurrentKey {
  readonly audience: string
  readonly key: SigningKey
}

function signingKeyOf(content: TokenFile | null): CurrentKey | null {
  const key = content?.keys.find(({ retiredMs }) => retiredMs === null)
  return content === null || key === undefined ? null : { audience: content.audience, key }
}

export function newAudience(): string {
  return `jira-tpm:${randomUUID()}`
}

async function sign(
  { scope, ttlMs, name }: TokenRequest,
  { audience, key: { kid } }: CurrentKey,
  privateKey: KeyObject,
  nowMs: number,
): Promise<MadeToken> {
  const id = randomUUID()
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
  return {
    token,
    record: {
      id,
      kid,
      sha256: digestOf(token),
      link: null,
      scope,
      name,
      createdMs: iat * 1_000,
      expiresMs: exp * 1_000,
      revokedMs: null,
    },
  }
}

/** A key that was replaced since gets no further token, or it would never go. */
function signedBy(content: TokenFile | null, key: SigningKey): TokenFile {
  if (content?.keys.find(({ kid }) => kid === key.kid)?.retiredMs === null) return content
  throw new AppError('busy', 'The signing key was replaced meanwhile.', {
    consequence: 'No token was made.',
    hint: 'Try it again.',
    retryable: true,
  })
}

/** Throws `busy` where there are too many. */
function withRecord(content: TokenFile, record: TokenRecord): TokenFile {
  if (content.tokens.filter(({ expiresMs }) => expiresMs > record.createdMs).length >= MAX_TOKENS) {
    throw new AppError('busy', `There are ${MAX_TOKENS} tokens and links that have not expired.`, {
      consequence: 'None was made.',
      hint: 'Make them for a shorter time, or wait until some have expired: jira-tpm token list.',
    })
  }
  return { ...content, tokens: [...content.tokens, record] }
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
 * A code that opens the dashboard once, by any server of the workspace. It is written down by its digest, so a command
 * makes it without asking the server, be that behind TLS or a proxy. What it opens lasts as long as a token may, and
 * ends when it is revoked. Of scope `display` it opens as often as the screen is started, until it expires: nobody is there to
 * open another.
 */
export async function makeLink(
  file: string,
  { scope, ttlMs, name = LINK_NAME }: LinkRequest,
  nowMs: number,
): Promise<{ code: string; record: TokenRecord }> {
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
    id: randomUUID(),
    kid: null,
    link: { digest: digestOf(code), untilMs: nowMs + ttlMs, spentMs: null },
    scope,
    name,
    createdMs: nowMs,
    expiresMs: nowMs + (isScreen ? ttlMs : MAX_TTL_MS),
    revokedMs: null,
  }
  await changeTokenFile(file, nowMs, (content) => ({
    content: withRecord(content ?? { audience: newAudience(), keys: [], tokens: [] }, record),
    result: undefined,
  }))
  return { code, record }
}

/** Spends a code: its record, for the first caller, of a screen's for each; null for one that is spent, expired, revoked or unknown. */
export async function spendLink(
  file: string,
  known: Iterable<TokenRecord>,
  code: string,
  nowMs: number,
): Promise<TokenRecord | null> {
  const digest = digestOf(code)
  // Nobody has the file locked and written by guesses.
  if (![...known].some((record) => canBeOpened(record, digest, nowMs))) return null
  return changeTokenFile(file, nowMs, (content) => {
    const found = content?.tokens.find((record) => canBeOpened(record, digest, nowMs))
    if (content === null || !found?.link) return { content, result: null }
    const spent = { ...found, link: { ...found.link, spentMs: nowMs } }
    return { content: withChanged(content, spent), result: spent }
  })
}

function canBeOpened({ link, scope, revokedMs }: TokenRecord, digest: string, nowMs: number): boolean {
  if (link === null || link.digest !== digest) return false
  return (link.spentMs === null || scope === 'display') && link.untilMs > nowMs && revokedMs === null
}

/** With this in the place of the record of the same id. */
export function withChanged(content: TokenFile, changed: TokenRecord): TokenFile {
  const tokens = content.tokens.map((record) => (record.id === changed.id ? changed : record))
  return { ...content, tokens }
}
