import type { Scope } from '../../src-shared/contract/schema.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { AccessFields, AccessLog } from '../runtime/access-log.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { createKeyring } from '../secrets/keyring.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import {
  makeLink,
  makeToken,
  newAudience,
  spendLink,
  type LinkRequest,
  type MadeToken,
  type MakingParts,
  type TokenRequest,
  withChanged,
} from './make-token.ts'
import { createSigningKeys } from './signing-keys.ts'
import {
  changeTokenFile,
  createTokenBook,
  readTokenFile,
  tokenFilePath,
  type SigningKey,
  type TokenBook,
  type TokenRecord,
} from './token-file.ts'
import { createVerifier } from './verify-token.ts'

export type Tokens = ReturnType<typeof createTokens>

interface TokensParts {
  readonly dataDir: string
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Asked only to make a token or a key, never to check one; the system's where left out. */
  readonly keychain?: SecretStore
  readonly clock?: Pick<Clock, 'now'>
  /** Called with what is made and ended here. */
  readonly accessLog?: AccessLog
  /** Called with what any process of the workspace makes and ends, when a caller is next looked at. */
  readonly seenBy?: AccessLog | undefined
}

/**
 * The tokens by which programs call this workspace's server: JWTs that this workspace signed, each with its record in
 * `tokens.json`, which every process of the workspace reads and writes. All throw `not-configured` where that file is
 * not ours; what changes it throws `folder-not-writable` and `busy`.
 */
export function createTokens({ dataDir, log, ...parts }: TokensParts) {
  const { keychain = createKeyring(), clock = machineClock, accessLog, seenBy } = parts
  const file = tokenFilePath(dataDir)
  const signingKeys = createSigningKeys(keychain, log)
  const currentBook = createTokenBook(file, log)
  return {
    ...createVerifier(currentBook, clock, seenBy && changesTo(seenBy)),
    /** The token is given this once and kept nowhere. Throws `usage` and `secrets-unavailable`. */
    async create(request: TokenRequest, signal: AbortSignal): Promise<MadeToken> {
      const made = await makeToken(request, { file, signingKeys, nowMs: clock.now(), signal })
      accessLog?.record('token-made', facts(made.record))
      return made
    },
    /** As `makeLink`. Throws `usage`. */
    async createLink(request: LinkRequest): Promise<{ code: string; record: TokenRecord }> {
      const made = await makeLink(file, request, clock.now())
      accessLog?.record('link-made', facts(made.record))
      return made
    },
    /** As `spendLink`. */
    spendLink: (code: string): Promise<TokenRecord | null> =>
      spendLink(file, currentBook().records.values(), code, clock.now()),
    /** Tokens and links that have not expired, the newest first; also revoked ones. */
    list: (): TokenRecord[] =>
      (readTokenFile(file)?.tokens ?? []).filter(({ expiresMs }) => expiresMs > clock.now()).toReversed(),
    /** From now on every server of the workspace refuses the token, or the link and what it opened. Throws `not-found`. */
    async revoke(id: string): Promise<TokenRecord> {
      const record = await revokeToken(file, id, clock.now())
      accessLog?.record('token-revoked', facts(record))
      return record
    },
    /** As `rotateKey`. Throws `secrets-unavailable`. */
    async rotate(signal: AbortSignal, how = { revoke: false }): Promise<Rotation> {
      const rotation = await rotateKey({ file, signingKeys, nowMs: clock.now(), signal }, how)
      accessLog?.record('key-rotated', { key: rotation.kid, revoked: rotation.revoked })
      return rotation
    },
  }
}

/** What a code is opened by at the dashboard's URL: in the fragment, which no server sees. A screen's leads to the TV view. */
export function linkTo(
  url: string,
  { code, scope }: { readonly code: string; readonly scope: Scope },
): string {
  return `${url}/#${scope === 'display' ? 'tv&' : ''}code=${code}`
}

/** Returns what differs between a book and the one before. */
function changesTo(accessLog: AccessLog): (former: TokenBook, book: TokenBook) => void {
  return ({ records: former }, { records }) => {
    for (const record of records.values()) {
      const before = former.get(record.id)
      if (before === undefined) {
        accessLog.record(record.link === null ? 'token-made' : 'link-made', facts(record))
      } else if (before.revokedMs === null && record.revokedMs !== null) {
        accessLog.record('token-revoked', facts(record))
      }
    }
  }
}

function facts({ id, link, scope, name, expiresMs }: TokenRecord): AccessFields {
  const kind = link === null ? 'token' : 'link'
  return { id, kind, scope, name, until: new Date(expiresMs).toISOString() }
}

async function revokeToken(file: string, id: string, nowMs: number): Promise<TokenRecord> {
  return changeTokenFile(file, nowMs, (content) => {
    const found = content?.tokens.find((record) => record.id === id && record.expiresMs > nowMs)
    if (content === null || found === undefined) {
      throw new AppError('not-found', 'There is no token of this id, or it has expired.', {
        consequence: 'Nothing was revoked.',
        hint: 'jira-tpm token list shows those that there are.',
      })
    }
    const revoked = { ...found, revokedMs: found.revokedMs ?? nowMs }
    return { content: withChanged(content, revoked), result: revoked }
  })
}

/** What a rotation came to. */
interface Rotation {
  /** Of the key that signs from now on. */
  readonly kid: string
  /** When the last token of former keys expires, epoch ms; null where none is about. */
  readonly formerUntilMs: number | null
  /** How many tokens and links were revoked. */
  readonly revoked: number
}

/**
 * Another key signs from now on. Of the former the public half stays until its last token has expired; the private
 * half is deleted at once, since it signs no more. With `revoke` the public half goes too, and with it every token, link
 * and session that there is.
 */
async function rotateKey(
  { file, signingKeys, nowMs, signal }: MakingParts,
  { revoke }: { readonly revoke: boolean },
): Promise<Rotation> {
  const made = await signingKeys.make(nowMs, signal)
  const { former, formerUntilMs, revoked } = await changeTokenFile(file, nowMs, (content) => {
    const keys = content?.keys ?? []
    const tokens = content?.tokens ?? []
    const retired = keys.map((key) => ({ ...key, retiredMs: key.retiredMs ?? nowMs, d: null }))
    const good = tokens.filter(({ expiresMs, revokedMs }) => expiresMs > nowMs && revokedMs === null)
    const ends = revoke ? [] : good.map(({ expiresMs }) => expiresMs)
    return {
      content: {
        audience: content?.audience ?? newAudience(),
        keys: revoke ? [made] : [...retired, made],
        tokens: revoke
          ? tokens.map((record) => ({ ...record, revokedMs: record.revokedMs ?? nowMs }))
          : tokens,
      },
      result: {
        former: keys.filter(isSigning),
        formerUntilMs: ends.length === 0 ? null : Math.max(...ends),
        revoked: revoke ? good.length : 0,
      },
    }
  })
  for (const key of former) await signingKeys.forget(key, signal)
  return { kid: made.kid, formerUntilMs, revoked }
}

function isSigning({ retiredMs }: SigningKey): boolean {
  return retiredMs === null
}
