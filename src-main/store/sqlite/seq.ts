import assert from 'node:assert/strict'
import { ANY_SITE, BEFORE_THE_FIRST, type SiteSeq } from '../counts.ts'
import type { SqliteDb, SqliteMethod } from './connection.ts'

export const seq: SqliteMethod<'seq'> = (db, siteId) => db.read(() => readSeq(db, siteId).seq)

export const epoch: SqliteMethod<'epoch'> = (db, siteId) => db.read(() => readSeq(db, siteId).resetSeq)

/** The number of the site's last commit, 0 before its first. Inside `read` or `write`. */
export function readSeq(db: SqliteDb, siteId: string): SiteSeq {
  const sql = `
    SELECT seq, reset_seq AS resetSeq FROM site_seq WHERE site_id IN (?, '${ANY_SITE}') ORDER BY site_id DESC LIMIT 1`
  return db.statement<SiteSeq>(sql).get(siteId) ?? BEFORE_THE_FIRST
}

const RAISE = `
  INSERT INTO site_seq (site_id, seq, reset_seq)
  SELECT ?, COALESCE(MAX(seq), 0) + 1, COALESCE(MAX(reset_seq), 0) FROM site_seq WHERE site_id = '${ANY_SITE}'
  ON CONFLICT (site_id) DO UPDATE SET seq = site_seq.seq + 1
  RETURNING seq`

/** Numbers the commit under way. Inside `write`, so numbers rise in the order of commits. */
export function raiseSeq(db: SqliteDb, siteId: string): number {
  const raised = db.statement<{ seq: number }>(RAISE).get(siteId)
  assert(raised !== undefined)
  return raised.seq
}

/** Numbers a commit after which everything may be different, at every site. Inside `write`. */
export function raiseAllSeqs(db: SqliteDb): void {
  db.statement(`INSERT INTO site_seq VALUES ('${ANY_SITE}', 0, 0) ON CONFLICT (site_id) DO NOTHING`).run()
  db.statement('UPDATE site_seq SET seq = seq + 1, reset_seq = seq + 1').run()
}
