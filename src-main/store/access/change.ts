import { rows, sql, type Database, type Steps, type Tx } from '../sql.ts'
import type { AccessState } from './records.ts'

/** Commits of what is here belong to no site. */
export const NO_SITE = ''

/** A key without a token goes then at the latest: that of a workspace that is gone. Its workspace would make another. */
const UNUSED_KEY_MS = 180 * 24 * 3_600_000

/** Takes the book's write lock, kept until the transaction ends: limits hold, and a link is spent once. */
const TOUCH = `
  INSERT INTO access_book (one, audience, revision) VALUES (1, :audience, 1)
  ON CONFLICT (one) DO UPDATE SET revision = access_book.revision + 1 RETURNING audience, revision`
const DROP_EXPIRED = 'DELETE FROM access_tokens WHERE expires_ms <= NOW_MS'
const DROP_KEYS = `
  DELETE FROM access_keys WHERE (retired_ms IS NOT NULL OR created_ms <= NOW_MS - ${UNUSED_KEY_MS})
    AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE access_tokens.kid = access_keys.kid)`

export type Change = ReturnType<typeof changer>

/** Changes the book under its lock. `audience`: whom tokens are for from now on, where nothing was ever made here. */
export function changer(db: Database) {
  return <T>(audience: string, work: (state: AccessState, tx: Tx) => Steps<T>): Promise<T> =>
    db.write(function* (tx) {
      const [[state]] = yield* rows(
        sql<AccessState>(TOUCH, { audience }),
        sql(DROP_EXPIRED, {}),
        sql(DROP_KEYS, {}),
      )
      if (state === undefined) throw new Error('the row of the book is there')
      tx.notify(NO_SITE, 'access')
      return yield* work(state, tx)
    })
}
