import { noSuchRun } from '../errors.ts'
import { IN_STATES, RUN } from '../columns.ts'
import type { ResumedRun, Run, RunState, RunWish } from '../ledger.ts'
import type { Connection } from './connection.ts'
import { skipSlots } from './slots.ts'

/** See `LedgerStore.run`. */
export async function run(db: Connection, siteId: string, runId: string): Promise<Run | null> {
  const [found] = await db.query<Run>(`SELECT ${RUN} FROM runs WHERE site_id = $1 AND run_id = $2`, [
    siteId,
    runId,
  ])
  return found ?? null
}

/** See `LedgerStore.runs`. */
export function runs(
  db: Connection,
  siteId: string,
  limit: number,
  beforeMs: number = Number.MAX_SAFE_INTEGER,
): Promise<Run[]> {
  return db.query<Run>(
    `SELECT ${RUN} FROM runs WHERE site_id = $1 AND created_ms < $2
     ORDER BY created_ms DESC, run_id DESC LIMIT $3`,
    [siteId, beforeMs, limit],
  )
}

/** See `LedgerStore.setRunState`. */
export function setRunState(
  db: Connection,
  siteId: string,
  runId: string,
  state: RunState,
  atMs: number,
  wish: RunWish | null = null,
): Promise<void> {
  return db.write(async (tx) => {
    const changed = await tx.query(
      `UPDATE runs SET state = $3, state_since_ms = $4, wish = $5
       WHERE site_id = $1 AND run_id = $2 RETURNING 1`,
      [siteId, runId, state, atMs, wish],
    )
    if (changed.length === 0) throw noSuchRun(runId)
    tx.notify(siteId, 'ledger')
  })
}

/** See `LedgerStore.setRunWish`. */
export function setRunWish(db: Connection, siteId: string, runId: string, wish: RunWish): Promise<void> {
  return db.write(async (tx) => {
    const [there, changed] = await Promise.all([
      tx.query('SELECT 1 FROM runs WHERE site_id = $1 AND run_id = $2', [siteId, runId]),
      tx.query(
        `UPDATE runs SET wish = $3 WHERE site_id = $1 AND run_id = $2 AND state = 'running'
           AND (wish IS NULL OR wish NOT IN ('stop', $3))
         RETURNING 1`,
        [siteId, runId, wish],
      ),
    ])
    if (there.length === 0) throw noSuchRun(runId)
    if (changed.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
  })
}

/** See `LedgerStore.resumeRun`. A run that was resumed at that time already stays as it is: it may be told again. */
export function resumeRun(db: Connection, siteId: string, runId: string, given: ResumedRun): Promise<void> {
  const { byMs, atMs, skipped } = given
  return db.write(async (tx) => {
    const resumed = await tx.query(
      `UPDATE runs SET end_ms = end_ms + $3, shifted_ms = shifted_ms + $3, state = 'running', state_since_ms = $4,
         wish = NULL
       WHERE site_id = $1 AND run_id = $2 AND (state <> 'running' OR state_since_ms <> $4)
       RETURNING 1`,
      [siteId, runId, byMs, atMs],
    )
    if (resumed.length === 0) return tx.discard()
    tx.notify(siteId, 'ledger')
    if (skipped !== undefined) skipSlots(tx, siteId, runId, skipped)
    if (byMs === 0) return
    void tx.query(
      `UPDATE slots SET planned_ms = planned_ms + $3
       WHERE site_id = $1 AND run_id = $2 AND state = 'planned' AND ${IN_STATES}`,
      [siteId, runId, byMs],
    )
  })
}
