import { ticketWrites } from '../pages/apply-page.ts'
import { cellDeltas, countDelta, countWrites } from '../count-cells.ts'
import { raiseSeq, takeBackSeq } from '../seq.ts'
import { rows, sql, type Database, type Steps, type Tx } from '../sql.ts'
import { isRemoved, type TicketRow } from '../pages/stored-ticket.ts'
import { BY_IDS, STORED_TICKET } from '../tickets.ts'

const PLACE = 'SELECT after_id AS "afterId" FROM old_tickets WHERE site_id = :siteId'
const SET_PLACE = `
  INSERT INTO old_tickets (site_id, after_id) VALUES (:siteId, :afterId)
  ON CONFLICT (site_id) DO UPDATE SET after_id = excluded.after_id`

/** Of slots_by_ticket alone. */
const MADE = `
  SELECT issue_id AS "issueId" FROM slots WHERE site_id = :siteId AND issue_id > :afterId
  ORDER BY issue_id LIMIT :size`
const OLD = `SELECT ${STORED_TICKET} FROM {${BY_IDS} AND rehearsed IS NULL}`

/** What the ledger knows of tickets that an older version stored. */
export function createOldTickets(db: Database) {
  return {
    /**
     * Notes of a few more tickets of which it is not known that a run made them, by the ledger; true while there may be
     * more. Each step is one commit with its counts and with where it ended, under the site's write lock: whoever calls
     * next goes on there, also in another process and after one that died.
     */
    knowOldTickets: (siteId: string): Promise<boolean> =>
      db.write((tx) => knowSome(tx, { siteId, size: db.batch.places })),
  }
}

function* knowSome(
  tx: Tx,
  { siteId, size }: { readonly siteId: string; readonly size: number },
): Steps<boolean> {
  const [[site], [place]] = yield* rows(raiseSeq(siteId), sql<{ afterId: string | null }>(PLACE, { siteId }))
  if (place?.afterId === null) {
    tx.discard()
    return false
  }
  const [made] = yield* rows(sql<{ issueId: string }>(MADE, { siteId, afterId: place?.afterId ?? '', size }))
  const ids = made.map(({ issueId }) => issueId)
  const [old] = yield* rows(ids.length === 0 ? null : sql<TicketRow>(OLD, { siteId, ids }))
  const known = old.map((row) => ({ ...row, rehearsed: 1 as const, isNew: false }))
  const deltas = old
    .filter((row) => !isRemoved(row))
    .flatMap((row) => [countDelta(row, -1), countDelta({ ...row, rehearsed: 1 }, 1)])
  tx.send(
    ...ticketWrites(siteId, known, 0),
    ...countWrites(siteId, cellDeltas(deltas), site?.seq ?? 0),
    sql(SET_PLACE, { siteId, afterId: made.length < size ? null : (ids.at(-1) ?? null) }),
  )
  if (known.length > 0) tx.notify(siteId, 'tickets')
  else tx.send(takeBackSeq(siteId))
  return made.length === size
}
