import { BEFORE_THE_FIRST, type SiteSeq } from '../site-seq.ts'
import type { Connection } from './connection.ts'

/** The number of the site's last commit, 0 before its first. Inside `read` or `write`. */
export function readSeq(db: Connection, siteId: string): SiteSeq {
  const row = db
    .statement<SiteSeq>('SELECT seq, reset_seq AS resetSeq FROM site_seq WHERE site_id = ?')
    .get(siteId)
  return row ?? BEFORE_THE_FIRST
}

/** Numbers the commit under way. Inside `write`, so numbers rise in the order of commits. */
export function raiseSeq(db: Connection, siteId: string): number {
  const raised = db
    .statement<{ seq: number }>(
      `INSERT INTO site_seq (site_id, seq, reset_seq) VALUES (?, 1, 0)
       ON CONFLICT (site_id) DO UPDATE SET seq = site_seq.seq + 1
       RETURNING seq`,
    )
    .get(siteId)
  if (raised === undefined) throw new Error('site_seq returned no row')
  return raised.seq
}

/** Numbers a commit after which everything may be different, at every site. Inside `write`. */
export function raiseAllSeqs(db: Connection): void {
  db.statement('UPDATE site_seq SET seq = seq + 1, reset_seq = seq + 1').run()
}
