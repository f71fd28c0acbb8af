import { rows, sql, type Statement, type Steps } from './sql.ts'

export interface SiteSeq {
  /** The number of the site's last commit. */
  readonly seq: number
  /** Who has seen less must ask for everything again. */
  readonly resetSeq: number
}

/** `keptFromMs`: what was created before (site epoch ms) is not stored; null where all is. See `retention.ts`. */
interface RaisedSeq extends SiteSeq {
  readonly keptFromMs: number | null
}

/**
 * The row of '' stands for all sites which have none of their own yet: what changes everything at every site is numbered
 * there, too, and a site's own numbers begin where it is.
 */
const READ = `
  SELECT seq, reset_seq AS "resetSeq" FROM site_seq WHERE site_id IN (:siteId, '') ORDER BY site_id DESC LIMIT 1`

export function siteSeq(siteId: string): Statement<SiteSeq> {
  return sql(READ, { siteId })
}

export function* readSeq(siteId: string): Steps<SiteSeq> {
  const [[row]] = yield* rows(siteSeq(siteId))
  return row ?? { seq: 0, resetSeq: 0 }
}

/** Where the numbers of a site without a row begin. */
const BEGIN = `
  INSERT INTO site_seq (site_id, seq, reset_seq)
  SELECT :siteId, COALESCE(MAX(seq), 0) + :by, COALESCE(MAX(reset_seq), 0) FROM site_seq WHERE site_id = ''
  ON CONFLICT (site_id)`

/**
 * Takes the site's write lock, which is kept until the transaction ends: what changes the site's tickets, counts or
 * progress takes it first, so numbers rise in the order of commits and no transaction waits for two at once. Statements
 * sent after these see what the last holder committed.
 */
export function lockSite(siteId: string): Statement[] {
  const [add, take] = [
    `${BEGIN} DO NOTHING`,
    'SELECT 1 AS one FROM site_seq WHERE site_id = :siteId FOR UPDATE',
  ]
  return [add, take].map((text) => ({ text, params: { siteId, by: 0 }, serverOnly: true }))
}

const RAISE = `${BEGIN} DO UPDATE SET seq = site_seq.seq + 1 RETURNING seq, reset_seq AS "resetSeq",
  kept_from_ms AS "keptFromMs"`

/** Takes the site's write lock, as `lockSite` does, and gives the commit under way its number, all in one statement. */
export function raiseSeq(siteId: string): Statement<RaisedSeq> {
  return sql(RAISE, { siteId, by: 1 })
}

/** Takes the number back from a commit that turns out to be no news. */
export function takeBackSeq(siteId: string): Statement {
  return sql('UPDATE site_seq SET seq = seq - 1 WHERE site_id = :siteId', { siteId })
}

const ROW_OF_ALL = `
  INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ('', 0, 0) ON CONFLICT (site_id) DO NOTHING`

/** Number a commit after which everything may be different, at every site: all is kept again, and nothing is there. */
export const RAISE_ALL_SEQS = [
  ROW_OF_ALL,
  'UPDATE site_seq SET seq = seq + 1, reset_seq = seq + 1, kept_from_ms = NULL, removing = 0',
]

/**
 * So far a restored store goes ahead with its numbers that none is given twice, whatever was committed since the backup: who has
 * seen one of those has seen less than the reset.
 */
const AHEAD = 1_000_000_000

/** Number a commit by which a store goes on that was restored from a backup, at every site. */
export const ADVANCE_ALL_SEQS = [
  ROW_OF_ALL,
  `UPDATE site_seq SET seq = seq + ${AHEAD}, reset_seq = seq + ${AHEAD}`,
]
