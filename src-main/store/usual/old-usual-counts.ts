import { CELL_MS, prioritiesIn } from '../count-cells.ts'
import { raiseSeq, takeBackSeq } from '../seq.ts'
import { rows, sql, type Database, type Steps, type Tx } from '../sql.ts'
import { STEP_END } from '../tickets.ts'

const PLACE = 'SELECT before_ms AS "beforeMs" FROM old_usual_counts WHERE site_id = :siteId'
const SET_PLACE = 'UPDATE old_usual_counts SET before_ms = :fromMs WHERE site_id = :siteId'
const END = 'DELETE FROM old_usual_counts WHERE site_id = :siteId'

const PRIORITIES = prioritiesIn('usual_counts')

/** What commits added to and took from cells that were not summed. */
const FORGET = `
  DELETE FROM usual_counts
  WHERE site_id = :siteId AND priority_id = :priorityId AND five_minutes >= :fromCell AND five_minutes < :toCell`

/** Division rounds towards 0, times before 1970 are rounded down. */
const SUM = `
  INSERT INTO usual_counts (site_id, priority_id, five_minutes, project_key, count, rehearsed, others)
  SELECT site_id, priority_id,
    CASE WHEN created_ms >= 0 THEN created_ms / ${CELL_MS} ELSE (created_ms - ${CELL_MS - 1}) / ${CELL_MS} END,
    project_key,
    SUM(CASE WHEN source = 'jira' AND COALESCE(rehearsed, 0) <> 1 THEN 1 ELSE 0 END),
    SUM(CASE WHEN source = 'jira' AND rehearsed = 1 THEN 1 ELSE 0 END),
    SUM(CASE WHEN source <> 'jira' THEN 1 ELSE 0 END)
  FROM tickets
  WHERE site_id = :siteId AND created_ms >= :fromMs AND created_ms < :beforeMs AND left_ms IS NULL
  GROUP BY 1, 2, 3, 4`

/** The least that a ticket's time can be. */
const FIRST_MS = -8_640_000_000_000_000

/** What the usual is learned from, of tickets that an older version stored. */
export function createOldUsualCounts(db: Database) {
  return {
    /**
     * Sums the tickets of some more minutes, the newest first; true while there may be more. Each step is one commit under
     * the site's write lock with where it ended: whoever calls next goes on there, also in another process and after one
     * that died. What commits change meanwhile is added to what is summed, and made anew where it was not yet.
     */
    sumOldTickets: (siteId: string): Promise<boolean> =>
      db.write((tx) => sumSome(tx, { siteId, size: db.batch.rows })),
  }
}

function* sumSome(
  tx: Tx,
  { siteId, size }: { readonly siteId: string; readonly size: number },
): Steps<boolean> {
  const [, [place]] = yield* rows(raiseSeq(siteId), sql<{ beforeMs: number }>(PLACE, { siteId }))
  if (place === undefined) {
    tx.discard()
    return false
  }
  const { beforeMs } = place
  const [[end], priorities] = yield* rows(
    sql<{ createdMs: number }>(STEP_END, { siteId, fromMs: FIRST_MS, atMs: beforeMs, size }),
    sql<{ priorityId: string }>(PRIORITIES, { siteId }),
  )
  // Whole cells, at least one.
  const fromMs = Math.floor((end?.createdMs ?? FIRST_MS) / CELL_MS) * CELL_MS
  const cells = { fromCell: fromMs / CELL_MS, toCell: beforeMs / CELL_MS }
  tx.send(
    ...priorities.map(({ priorityId }) => sql(FORGET, { siteId, priorityId, ...cells })),
    sql(SUM, { siteId, fromMs, beforeMs }),
    end === undefined ? sql(END, { siteId }) : sql(SET_PLACE, { siteId, fromMs }),
  )
  // Whoever waits for the sums is told when all are there.
  if (end === undefined) tx.notify(siteId, 'tickets')
  else tx.send(takeBackSeq(siteId))
  return end !== undefined
}
