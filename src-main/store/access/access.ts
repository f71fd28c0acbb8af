import { keyReplaced, tooManyTokens } from '../errors.ts'
import { rows, sql, type Database, type Statement } from '../sql.ts'
import { changer, type Change } from './change.ts'
import { createLoginRows } from './logins.ts'
import type {
  AccessKey,
  AccessState,
  KeyChange,
  KeyChanged,
  OpenedLink,
  RevokedToken,
  SessionRecord,
  StoredAccess,
  TokenRecord,
} from './records.ts'
import { addTokens, recordOf, SIGNS, TOKEN, type TokenRow } from './token-rows.ts'

/** The most tokens and links that may exist unexpired: all are read at each change. */
export const MAX_TOKENS = 1_000

/** Of more browsers that are signed in, the oldest ends. */
export const MAX_SESSIONS = 1_000

const STATE = 'SELECT audience, revision FROM access_book'
const KEY = 'kid, audience, x, created_ms AS "createdMs", retired_ms AS "retiredMs"'
const SESSION = `
  id, digest, link_id AS "linkId", scope, created_ms AS "createdMs", expires_ms AS "expiresMs"`

const ADD_KEYS = `
  INSERT INTO access_keys (kid, audience, x, created_ms, retired_ms)
  VALUES (:kid[TEXT], :audience[TEXT], :x[TEXT], :createdMs[BIGINT], :retiredMs[BIGINT])
  ON CONFLICT (kid) DO NOTHING`
const RETIRE = 'UPDATE access_keys SET retired_ms = :nowMs WHERE kid = :kid AND retired_ms IS NULL'

const COUNT = 'SELECT COUNT(*) AS count FROM access_tokens WHERE id <> :id'
const REVOKE = `
  UPDATE access_tokens SET revoked_ms = COALESCE(revoked_ms, :nowMs), changed_in = :changedIn
  WHERE id = :id AND expires_ms > :nowMs RETURNING ${TOKEN}`
const REVOKE_ALL = `
  UPDATE access_tokens SET revoked_ms = :nowMs, changed_in = :changedIn WHERE revoked_ms IS NULL RETURNING 1 AS one`
const LAST_END = `
  SELECT MAX(expires_ms) AS "endMs" FROM access_tokens
  WHERE revoked_ms IS NULL AND kid IN (SELECT kid FROM access_keys WHERE retired_ms IS NOT NULL)`

const SPEND = `
  UPDATE access_tokens SET link_spent_ms = :nowMs
  WHERE link_digest = :code AND revoked_ms IS NULL AND link_until_ms > :nowMs
    AND (link_spent_ms IS NULL OR scope = 'display')
  RETURNING ${TOKEN}`
/** By who got no answer and asks once more. */
const OPENED_BEFORE = `
  SELECT ${TOKEN} FROM access_tokens WHERE link_digest = :code
    AND id IN (SELECT link_id FROM access_sessions WHERE digest = :digest)`
const ADD_SESSIONS = `
  INSERT INTO access_sessions (id, digest, link_id, scope, created_ms, expires_ms)
  VALUES (:id[TEXT], :digest[TEXT], :linkId[TEXT], :scope[TEXT], :createdMs[BIGINT], :expiresMs[BIGINT])
  ON CONFLICT (id) DO NOTHING`
const OLDEST_FIRST = 'SELECT id FROM access_sessions ORDER BY created_ms, id'
const END = `DELETE FROM access_sessions WHERE id IN (:ids[TEXT]) RETURNING ${SESSION}`

/** Who may use the servers of this store. */
export function createAccess(db: Database) {
  const change = changer(db)
  return {
    /** Null where nothing was ever made here. */
    accessState: async (): Promise<AccessState | null> =>
      (await db.query(sql<AccessState>(STATE, {})))[0] ?? null,

    /** All of one commit. */
    access: (): Promise<StoredAccess> =>
      db.read(function* () {
        const [[state], keys, tokens, sessions] = yield* rows(
          sql<AccessState>(STATE, {}),
          sql<AccessKey>(`SELECT ${KEY} FROM access_keys`, {}),
          sql<TokenRow>(`SELECT ${TOKEN} FROM access_tokens ORDER BY place, created_ms, id`, {}),
          sql<SessionRecord>(`SELECT ${SESSION} FROM access_sessions`, {}),
        )
        return { audience: '', revision: 0, ...state, keys, tokens: tokens.map(recordOf), sessions }
      }),

    /** Takes over whom another store, or the file of an earlier edition, lets in. Once more changes nothing. */
    takeAccess: ({
      audience: theirs,
      keys,
      tokens,
      sessions,
    }: Omit<StoredAccess, 'revision'>): Promise<string> =>
      change(theirs, function* ({ audience, revision }) {
        yield* rows(addKeys(keys), addTokens(tokens, revision), addSessions(sessions))
        return audience
      }),
    ...createKeyRows(change),
    ...createTokenRows(change),
    ...createSessionRows(change),
    ...createLoginRows(change, (...statements) => db.write(() => rows(...statements)).then(() => {})),
  }
}

/** Public halves of the keys that sign. */
function createKeyRows(change: Change) {
  return {
    /** Adds the key of a workspace; it is for whom this returns: the audience of the store, or where it has none the key's own. */
    addAccessKey: (key: AccessKey): Promise<string> =>
      change(key.audience, function* ({ audience }) {
        yield* rows(addKeys([{ ...key, audience }]))
        return audience
      }),

    /** It signs no more. */
    retireAccessKey: (kid: string, nowMs: number): Promise<void> =>
      change('', function* () {
        yield* rows(sql(RETIRE, { kid, nowMs }))
      }),

    /** Another key of a workspace signs; with `revoke` every other key, and what was made before, is good no more. */
    replaceAccessKey: (given: KeyChange): Promise<KeyChanged> =>
      change(given.key.audience, function* ({ audience }) {
        const { key, former, revoke, ...marked } = given
        const add = addKeys([{ ...key, audience }])
        if (revoke) {
          const [revoked] = yield* rows(
            sql(REVOKE_ALL, marked),
            sql('DELETE FROM access_keys WHERE kid <> :kid', key),
            add,
          )
          return { audience, revoked: revoked.length, formerUntilMs: null }
        }
        const retire = sql(RETIRE, { kid: former, nowMs: given.nowMs })
        const [, , [last]] = yield* rows(retire, add, sql<{ endMs: number | null }>(LAST_END, {}))
        return { audience, revoked: 0, formerUntilMs: last?.endMs ?? null }
      }),
  }
}

/** Tokens and links. */
function createTokenRows(change: Change) {
  return {
    /** Throws `busy` where there are too many, or the key was replaced. `audience`: as of `addAccessKey`. */
    addToken: (record: TokenRecord, audience: string): Promise<void> =>
      change(audience, function* ({ revision }) {
        const { id, kid } = record
        const [[{ count } = { count: 0 }], [signs]] = yield* rows(
          sql<{ count: number }>(COUNT, { id }),
          sql(SIGNS, { kid }),
        )
        if (kid !== null && signs === undefined) throw keyReplaced()
        if (count >= MAX_TOKENS) throw tooManyTokens(MAX_TOKENS)
        yield* rows(addTokens([record], revision))
      }),

    /** Null where there is none that has not expired. What a link opened ends with it, by who looks after sessions. */
    revokeToken: (given: RevokedToken): Promise<TokenRecord | null> =>
      change('', function* (_state, tx) {
        const [[revoked]] = yield* rows(sql<TokenRow>(REVOKE, given))
        if (revoked === undefined) tx.discard()
        return revoked === undefined ? null : recordOf(revoked)
      }),
  }
}

/** Links that are opened, and the browsers that did. */
function createSessionRows(change: Change) {
  return {
    /**
     * Opens a link by the digest of its code, once, but a screen's: null where it cannot be opened. Of what is no screen's
     * `session` begins, and `ended` had to make room.
     */
    openLink: (code: string, session: Omit<SessionRecord, 'linkId' | 'scope'>): Promise<OpenedLink | null> =>
      change('', function* (_state, tx) {
        const given = { code, digest: session.digest, nowMs: session.createdMs }
        const [[before], [spent]] = yield* rows(
          sql<TokenRow>(OPENED_BEFORE, given),
          sql<TokenRow>(SPEND, given),
        )
        if (spent === undefined) tx.discard()
        const row = spent ?? before
        if (row === undefined) return null
        const link = recordOf(row)
        if (spent === undefined || link.scope === 'display') return { link, ended: [] }
        const expiresMs = Math.min(session.expiresMs, link.expiresMs)
        const begun = { ...session, expiresMs, linkId: link.id, scope: link.scope }
        const [ids] = yield* rows(sql<{ id: string }>(OLDEST_FIRST, {}))
        const over = ids.slice(0, Math.max(0, ids.length + 1 - MAX_SESSIONS)).map(({ id }) => id)
        const [ended] = yield* rows(sql<SessionRecord>(END, { ids: over }), addSessions([begun]))
        return { link, ended }
      }),

    /** Returns those that this call ended. */
    endSessions: (ids: readonly string[]): Promise<SessionRecord[]> =>
      change('', function* (_state, tx) {
        const [ended] = yield* rows(sql<SessionRecord>(END, { ids }))
        if (ended.length === 0) tx.discard()
        return ended
      }),
  }
}

export type AccessStore = ReturnType<typeof createAccess>

function addKeys(keys: readonly AccessKey[]): Statement | null {
  return keys.length === 0 ? null : { text: ADD_KEYS, params: {}, rows: keys }
}

function addSessions(sessions: readonly SessionRecord[]): Statement | null {
  return sessions.length === 0 ? null : { text: ADD_SESSIONS, params: {}, rows: sessions }
}
