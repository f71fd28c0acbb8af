import { type AppError, nothingDone } from '../../src-shared/errors/app-error.ts'
import type { TokenRecord } from '../store/access/records.ts'
import type { VerifiedToken } from './verify-token.ts'
import { digestOf } from './digest.ts'
import { LOGIN_MS } from './lifetimes.ts'
import { LINK_NAME, signToken, type MadeToken } from './make-token.ts'
import { currentKey, type MakingParts } from './own-key.ts'

/**
 * A token for the code of a link, which becomes it: it has the link's id and scope, and is listed by the machine's name, after
 * that of the link where whoever made it gave one. Null for a code that opens nothing any more. Throws `usage` for a screen's
 * link, and as `makeToken`.
 */
export async function loginByCode(
  code: string,
  machine: string,
  parts: MakingParts,
): Promise<MadeToken | null> {
  const { book, nowMs } = parts
  const digest = digestOf(code)
  // Nothing is signed or written for guesses.
  if (!book.now().links.has(digest)) await book.look()
  const found = book.now().links.get(digest)
  if (found?.scope === 'display') throw ofScreen()
  if (found === undefined || !canBeOpened(found, nowMs)) return null
  const name = found.name === LINK_NAME ? machine : `${found.name}: ${machine}`
  const made = await signedBy(parts, { ...found, name })
  const { kid, sha256, expiresMs } = made
  const given = { code: digest, kid, sha256, name, nowMs, expiresMs }
  const record = await book.change((store) => store.loginByLink(given))
  return record && { token: made.token, record }
}

/** The token anew, good for as long as at first. Null where it is not good any more. Throws `usage` for one that was made otherwise. */
export async function renewToken(
  token: string,
  { id }: Pick<VerifiedToken, 'id'>,
  parts: MakingParts,
): Promise<MadeToken | null> {
  const { book, nowMs } = parts
  const found = book.now().records.get(id)
  if (found === undefined) return null
  if (found.loginMs === null) throw notByLogin()
  const made = await signedBy(parts, found)
  const { kid, sha256, expiresMs } = made
  const given = { id, brought: digestOf(token), kid, sha256, nowMs, expiresMs }
  const record = await book.change((store) => store.renewToken(given))
  return record && { token: made.token, record }
}

async function signedBy(parts: MakingParts, record: Pick<TokenRecord, 'id' | 'scope' | 'name'>) {
  const current = await currentKey(parts)
  const privateKey = await parts.signingKeys.privateHalf(current, parts.signal)
  return signToken({ ...record, ttlMs: LOGIN_MS }, current, privateKey, parts.nowMs)
}

function canBeOpened({ link, revokedMs }: TokenRecord, nowMs: number): boolean {
  return link !== null && revokedMs === null && link.spentMs === null && link.untilMs > nowMs
}

function ofScreen(): AppError {
  return nothingDone(
    'usage',
    'This link is a screen’s, and lets no program in.',
    'jira-tpm token link --scope read makes one that does.',
  )
}

function notByLogin(): AppError {
  return nothingDone(
    'usage',
    'This token was made by jira-tpm token create, and ends when it was to end.',
    'Make another, or sign in by a link: jira-tpm token link, then jira-tpm login.',
  )
}
