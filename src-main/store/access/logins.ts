import { keyReplaced } from '../errors.ts'
import { rows, sql, type Statement, type Steps } from '../sql.ts'
import type { Change } from './change.ts'
import type { LoginByLink, RenewedToken, SignedText, TokenRecord } from './records.ts'
import { recordOf, SIGNS, TOKEN, type TokenRow } from './token-rows.ts'

/** So many texts before the last one stay good: of a renewal that was not heard of, by several processes at once. */
const MAX_FORMER = 3

/** A link becomes the token: it is listed, and revoked, under one id. A screen's has nobody who could sign in. */
const LOGIN = `
  UPDATE access_tokens SET link_spent_ms = :nowMs, login_ms = :nowMs, kid = :kid, sha256 = :sha256, name = :name,
    expires_ms = :expiresMs
  WHERE link_digest = :code AND revoked_ms IS NULL AND link_until_ms > :nowMs AND link_spent_ms IS NULL
    AND scope <> 'display'
  RETURNING ${TOKEN}`
/** By who got no answer and asks once more. */
const SIGNED_BEFORE = `SELECT ${TOKEN} FROM access_tokens WHERE link_digest = :code AND sha256 = :sha256`

const OF_ID = `SELECT ${TOKEN} FROM access_tokens WHERE id = :id`
const RENEW = `
  UPDATE access_tokens SET kid = :kid, sha256 = :sha256, former = :former, expires_ms = :expiresMs
  WHERE id = :id RETURNING ${TOKEN}`

/** Takes the book's lock, and changes nothing of it: nobody has to read it anew. */
const LOCK = 'UPDATE access_book SET revision = revision'
const USED = `
  UPDATE access_tokens SET used_ms = :nowMs WHERE id IN (:ids[TEXT]) AND (used_ms IS NULL OR used_ms < :nowMs)`

/** Tokens of programs that signed in by a link. */
export function createLoginRows(change: Change, write: (...statements: Statement[]) => Promise<void>) {
  return {
    /** Null where the link cannot be opened. Throws `busy` where the key was replaced. */
    loginByLink: (given: LoginByLink): Promise<TokenRecord | null> =>
      change('', function* (_state, tx) {
        yield* refuseRetired(given)
        const [[before], [made]] = yield* rows(
          sql<TokenRow>(SIGNED_BEFORE, given),
          sql<TokenRow>(LOGIN, given),
        )
        const row = made ?? before
        if (made === undefined) tx.discard()
        return row === undefined ? null : recordOf(row)
      }),

    /** Null where it is not good any more, or was made otherwise. Throws `busy` where the key was replaced. */
    renewToken: (given: RenewedToken): Promise<TokenRecord | null> =>
      change('', function* (_state, tx) {
        yield* refuseRetired(given)
        const [[row]] = yield* rows(sql<TokenRow>(OF_ID, given))
        const record = row === undefined ? null : recordOf(row)
        if (record?.sha256 === given.sha256) return record // who got no answer
        const former = record === null ? null : formerOf(record, given)
        if (former === null) {
          tx.discard()
          return null
        }
        const renewed = { ...given, former: JSON.stringify(former) }
        const [[written]] = yield* rows(sql<TokenRow>(RENEW, renewed))
        return written === undefined ? null : recordOf(written)
      }),

    /** Of tokens, and of links by what they opened. Nobody is notified: only lists show it. */
    useTokens: (ids: readonly string[], nowMs: number): Promise<void> =>
      write(sql(LOCK, {}), sql(USED, { ids, nowMs })),
  }
}

function* refuseRetired({ kid }: SignedText): Steps<void> {
  const [[signs]] = yield* rows(sql(SIGNS, { kid }))
  if (signs === undefined) throw keyReplaced()
}

/** Which texts stay good beside the new one, that which was brought first; null where there is to be no new one. */
function formerOf(record: TokenRecord, { brought, nowMs }: RenewedToken): SignedText[] | null {
  const { kid, sha256, loginMs, revokedMs, expiresMs } = record
  if (kid === null || sha256 === null || loginMs === null || revokedMs !== null || expiresMs <= nowMs)
    return null
  const texts = [{ kid, sha256 }, ...record.former]
  const shown = texts.find((text) => text.sha256 === brought)
  if (shown === undefined) return null
  return [shown, ...texts.filter((text) => text !== shown)].slice(0, MAX_FORMER)
}
