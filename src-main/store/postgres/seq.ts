import assert from 'node:assert/strict'
import { ANY_SITE, BEFORE_THE_FIRST, type SiteSeq } from '../counts.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { Transaction, WriteTransaction } from './connection/connection.ts'

const SITE_SEQ = 'SELECT seq, reset_seq AS "resetSeq" FROM site_seq'
/** Where the numbers of a site without a row begin. */
const FIRST = `SELECT $1, COALESCE(MAX(seq), 0), COALESCE(MAX(reset_seq), 0) FROM site_seq WHERE site_id = '${ANY_SITE}'`

export const seq: PostgresMethod<'seq'> = async (db, siteId) => (await readSeq(db, siteId)).seq

export const epoch: PostgresMethod<'epoch'> = async (db, siteId) => (await readSeq(db, siteId)).resetSeq

/** The number of the site's last commit, 0 before its first. */
export async function readSeq(tx: Transaction, siteId: string): Promise<SiteSeq> {
  const sql = `${SITE_SEQ} WHERE site_id IN ($1, '${ANY_SITE}') ORDER BY site_id DESC LIMIT 1`
  return (await tx.query<SiteSeq>(sql, [siteId]))[0] ?? BEFORE_THE_FIRST
}

const ADD_SITE = `INSERT INTO site_seq (site_id, seq, reset_seq) ${FIRST} ON CONFLICT (site_id) DO NOTHING`

/**
 * Takes the site's write lock, which is kept until the transaction ends: what changes the site's tickets, counts or
 * progress takes it first, so numbers rise in the order of commits and no transaction waits for two at once. Statements sent
 * after this one see what the last holder committed.
 */
export async function lockSite(tx: WriteTransaction, siteId: string): Promise<SiteSeq> {
  void tx.query(ADD_SITE, [siteId])
  const [row] = await tx.query<SiteSeq>(`${SITE_SEQ} WHERE site_id = $1 FOR UPDATE`, [siteId])
  return row ?? BEFORE_THE_FIRST
}

const RAISE = `
  INSERT INTO site_seq (site_id, seq, reset_seq)
  SELECT first.site_id, first.seq + 1, first.reset_seq FROM (${FIRST}) AS first (site_id, seq, reset_seq)
  ON CONFLICT (site_id) DO UPDATE SET seq = site_seq.seq + 1
  RETURNING seq, reset_seq AS "resetSeq"`

/** Takes the site's write lock, as `lockSite` does, and gives the commit under way its number, all in one statement. */
export async function raiseSeq(tx: WriteTransaction, siteId: string): Promise<SiteSeq> {
  const [row] = await tx.query<SiteSeq>(RAISE, [siteId])
  assert(row !== undefined)
  return row
}

/** Takes the number back from a commit that turns out to be no news. */
export function takeBackSeq(tx: WriteTransaction, siteId: string): void {
  void tx.query('UPDATE site_seq SET seq = seq - 1 WHERE site_id = $1', [siteId])
}

/** Numbers a commit after which everything may be different, at every site. */
export function raiseAllSeqs(tx: WriteTransaction): void {
  void tx.query(`INSERT INTO site_seq VALUES ('${ANY_SITE}', 0, 0) ON CONFLICT (site_id) DO NOTHING`)
  void tx.query('UPDATE site_seq SET seq = seq + 1, reset_seq = seq + 1')
}
