import { randomUUID } from 'node:crypto'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { AccessFields, AccessLog } from '../runtime/access-log.ts'
import { withTimeout } from '../runtime/async.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { createKeyring } from '../secrets/keyring.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { SessionRecord, TokenRecord } from '../store/access/records.ts'
import type { AccessBook, Book } from './access-book.ts'
import { digestOf, newAudience, newSecret } from './digest.ts'
import { SESSION_MS } from './lifetimes.ts'
import {
  makeLink,
  makeToken,
  newLink,
  type LinkRequest,
  type MadeToken,
  type TokenRequest,
} from './make-token.ts'
import { loginByCode, renewToken } from './login.ts'
import { rotateKey, type MakingParts, type Rotation } from './own-key.ts'
import { createSigningKeys } from './signing-keys.ts'
import { createVerifier, type VerifiedToken } from './verify-token.ts'

export type Tokens = ReturnType<typeof createTokens>

interface TokensParts {
  readonly book: AccessBook
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Asked only to make a token or a key, never to check one; the system's where left out. */
  readonly keychain?: SecretStore
  readonly clock?: Pick<Clock, 'now'>
  /** Called with what is made and ended here. */
  readonly accessLog?: AccessLog
  /** Called with what any process of this workspace makes and ends from now on, once that is in the book. */
  readonly seenBy?: AccessLog | undefined
}

/**
 * Whom the servers of a store let in. Programs bring JWTs that a workspace signed, browsers open one-time links; each has
 * its record in the store. All but what is known already throws `store-unavailable` while that is away; what makes tokens
 * throws what `MakingParts` can, too.
 */
export function createTokens({ book, log, ...parts }: TokensParts) {
  const { keychain = createKeyring(), clock = machineClock, accessLog, seenBy } = parts
  const signingKeys = createSigningKeys(keychain, log)
  const making = (signal: AbortSignal): MakingParts => ({ book, signingKeys, nowMs: clock.now(), signal })
  if (seenBy !== undefined) book.onChange(changesTo(seenBy, book.workspace, clock.now() - 1_000))
  return {
    ...createVerifier(book, clock),
    ...createOpenedLinks(book, clock),
    ...createLogins(book, clock, making),
    /** As of the book. */
    look: book.look,
    onChange: book.onChange,
    /** The token is given this once and kept nowhere. Throws `usage` and `secrets-unavailable`. */
    async create(request: TokenRequest, signal: AbortSignal): Promise<MadeToken> {
      const made = await makeToken(request, making(signal))
      accessLog?.record('token-made', facts(made.record))
      return made
    },
    /** As `makeLink`. Throws `usage`. */
    async createLink(request: LinkRequest): Promise<{ code: string; record: TokenRecord }> {
      const made = await makeLink(book, request, clock.now())
      accessLog?.record('link-made', facts(made.record))
      return made
    },
    /**
     * As `createLink`, and good at once at servers of this process, whether the store is there or not: it is written as soon
     * as that can be, at once where `patienceMs` are enough. Throws `usage`.
     */
    async holdLink(request: LinkRequest, patienceMs: number): Promise<{ code: string; record: TokenRecord }> {
      const made = newLink(book, request, clock.now())
      book.hold(made.record)
      accessLog?.record('link-made', facts(made.record))
      await withTimeout(book.look(), patienceMs, () => {}).catch(onlyAway)
      return made
    },
    /** Tokens and links that have not expired, the newest first; also revoked ones. */
    async list(): Promise<TokenRecord[]> {
      await book.look()
      return book
        .now()
        .stored.tokens.filter(({ expiresMs }) => expiresMs > clock.now())
        .toReversed()
    },
    /** From now on the token is refused here, and within a second by every server of the store; so is what a link opened. Throws `not-found`. */
    async revoke(id: string): Promise<TokenRecord> {
      const given = { id, nowMs: clock.now(), changedIn: book.workspace }
      const record = await book.change((store) => store.revokeToken(given))
      if (record === null) throw noSuchToken()
      accessLog?.record('token-revoked', facts(record))
      return record
    },
    /** As `rotateKey`. Throws `secrets-unavailable`. */
    async rotate(signal: AbortSignal, how = { revoke: false }): Promise<Rotation> {
      const rotation = await rotateKey(making(signal), how)
      accessLog?.record('key-rotated', { key: rotation.kid, revoked: rotation.revoked })
      return rotation
    },
  }
}

/** Links that were opened, and the sessions of the browsers that did. */
function createOpenedLinks(book: AccessBook, clock: Pick<Clock, 'now'>) {
  return {
    /** Whose cookie has this digest, also where it is not good any more; null for nobody's. */
    sessionAt: (digest: string): SessionRecord | null => book.now().sessions.get(digest) ?? null,
    sessions: (): Iterable<SessionRecord> => book.now().sessions.values(),
    /**
     * Opens a link, for the first who brings its code, of a screen's for each; null for one that is spent, expired, revoked or
     * unknown. But for a screen a session begins; `secret` is its cookie, `ended` made room for it.
     */
    async openLink(code: string): Promise<OpenedByCode | null> {
      const digest = digestOf(code)
      // Nothing is written by guesses.
      if (!book.now().links.has(digest)) await book.look()
      if (!book.now().links.has(digest)) return null
      const nowMs = clock.now()
      const secret = newSecret()
      const times = { createdMs: nowMs, expiresMs: nowMs + SESSION_MS }
      const session = { id: `session-${randomUUID()}`, digest: digestOf(secret), ...times }
      const opened = await book.openLink(digest, session)
      return opened && { ...opened, secret, session: book.now().sessions.get(session.digest) ?? null }
    },
    /** Returns those that this call ended: each is returned to one server of the store. */
    endSessions: (ids: readonly string[]): Promise<SessionRecord[]> =>
      book.change((store) => store.endSessions(ids)),
  }
}

/** Programs that sign in, and the store that they sign in to. */
function createLogins(
  book: AccessBook,
  clock: Pick<Clock, 'now'>,
  making: (signal: AbortSignal) => MakingParts,
) {
  return {
    /** As `loginByCode`. */
    login: (code: string, machine: string, signal: AbortSignal) => loginByCode(code, machine, making(signal)),
    /** As `renewToken`. */
    renew: (token: string, of: Pick<VerifiedToken, 'id'>, signal: AbortSignal) =>
      renewToken(token, of, making(signal)),
    /** Notes that tokens, and what links opened, are in use. */
    use: async (ids: readonly string[]): Promise<void> =>
      book.change((store) => store.useTokens(ids, clock.now())),
    /** By which the store is known; what its tokens are for. Made where nothing was ever made in it. Throws `store-unavailable`. */
    identity: () => identityOf(book),
  }
}

interface OpenedByCode {
  readonly link: TokenRecord
  /** Null for a screen, which is known by its link. */
  readonly session: SessionRecord | null
  readonly secret: string
  readonly ended: readonly SessionRecord[]
}

/** What a code is opened by at the dashboard's URL: in the fragment, which no server sees. A screen's leads to the TV view. */
export function linkTo(
  url: string,
  { code, scope }: { readonly code: string; readonly scope: Scope },
): string {
  return `${url}/#${scope === 'display' ? 'tv&' : ''}code=${code}`
}

async function identityOf(book: AccessBook): Promise<string> {
  if (book.now().stored.audience === '') await book.look()
  if (book.now().stored.audience === '') {
    const nobody = { audience: newAudience(), keys: [], tokens: [], sessions: [] }
    await book.change((store) => store.takeAccess(nobody))
  }
  return book.now().stored.audience
}

/** Returns what records that which a workspace made and ended from a time on (tokens have whole seconds); others record their own. */
function changesTo(accessLog: AccessLog, workspace: string, sinceMs: number) {
  return ({ records }: Book, { records: former }: Book): void => {
    for (const record of records.values()) {
      if (record.changedIn !== workspace) continue
      const before = former.get(record.id)
      const { link, createdMs, revokedMs } = record
      if (before === undefined && createdMs >= sinceMs)
        accessLog.record(link === null ? 'token-made' : 'link-made', facts(record))
      const isRevoked = revokedMs !== null && revokedMs >= sinceMs && (before?.revokedMs ?? null) === null
      if (isRevoked) accessLog.record('token-revoked', facts(record))
    }
  }
}

function facts({ id, link, loginMs, scope, name, expiresMs }: TokenRecord): AccessFields {
  const kind = link === null || loginMs !== null ? 'token' : 'link'
  return { id, kind, scope, name, until: new Date(expiresMs).toISOString() }
}

function onlyAway(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'store-unavailable') throw error
}

function noSuchToken(): AppError {
  return new AppError('not-found', 'There is no token of this id, or it has expired.', {
    consequence: 'Nothing was revoked.',
    hint: 'jira-tpm token list shows those that there are.',
  })
}
