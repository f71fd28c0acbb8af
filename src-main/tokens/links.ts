import { randomUUID } from 'node:crypto'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { MAX_TTL_MS, MIN_TTL_MS } from './claims.ts'
import { newAudience, withRecord } from './make-token.ts'
import { changeTokenFile, digestOf, newSecret, type TokenFile, type TokenRecord } from './token-file.ts'

/** What a new link shall be. */
export interface LinkRequest {
  readonly scope: Scope
  /** How long it can be opened, from `MIN_TTL_MS` to `MAX_TTL_MS`. */
  readonly ttlMs: number
}

/** How long a link can be opened where nobody says otherwise, in ms. */
export const LINK_TTL_MS = 15 * 60_000

const LINK_NAME = 'one-time link'

/**
 * A code that opens the dashboard once, by any server of the workspace. It is written down by its digest, so a command
 * makes it without asking the server, be that behind TLS or a proxy. What it opens lasts as long as a token may, and
 * ends when it is revoked.
 */
export async function makeLink(
  file: string,
  { scope, ttlMs }: LinkRequest,
  nowMs: number,
): Promise<{ code: string; record: TokenRecord }> {
  if (!(ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS)) {
    throw new AppError('usage', 'A link can be opened for 10 seconds to 24 hours.', {
      consequence: 'No link was made.',
    })
  }
  const code = newSecret()
  const record: TokenRecord = {
    id: randomUUID(),
    kid: null,
    link: { digest: digestOf(code), untilMs: nowMs + ttlMs, spentMs: null },
    scope,
    name: LINK_NAME,
    createdMs: nowMs,
    expiresMs: nowMs + MAX_TTL_MS,
    revokedMs: null,
  }
  await changeTokenFile(file, nowMs, (content) => ({
    content: withRecord(content ?? { audience: newAudience(), keys: [], tokens: [] }, record),
    result: undefined,
  }))
  return { code, record }
}

/** Spends a code: its record, for whoever is first; null for one that is spent, expired, revoked or unknown. */
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
    return { content: withRecords(content, spent), result: spent }
  })
}

function canBeOpened({ link, revokedMs }: TokenRecord, digest: string, nowMs: number): boolean {
  if (link === null || link.digest !== digest) return false
  return link.spentMs === null && link.untilMs > nowMs && revokedMs === null
}

function withRecords(content: TokenFile, changed: TokenRecord): TokenFile {
  return {
    ...content,
    tokens: content.tokens.map((record) => (record.id === changed.id ? changed : record)),
  }
}
