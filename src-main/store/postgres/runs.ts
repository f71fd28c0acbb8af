import { noSuchRun } from '../errors.ts'
import type { NewRun, NewSlot, Run, RunState } from '../store.ts'
import type { Connection } from './connection.ts'

const RUN = `site_id AS "siteId", run_id AS "runId", project_key AS "projectKey", seed, planned,
  start_ms AS "startMs", end_ms AS "endMs", rate, state, created_ms AS "createdAtMs",
  state_since_ms AS "stateSinceMs"`

/**
 * See `Store.createRun`: the run is there with all its slots, or not at all. The same run may be given again, by a caller
 * who never heard that it was stored.
 */
export function createRun(db: Connection, newRun: NewRun, slots: readonly NewSlot[]): Promise<void> {
  return db.write(async (tx) => {
    const { siteId, runId, projectKey, seed, planned, startMs, endMs, rate, state, createdAtMs } = newRun
    // Waits for one that is about to be committed: the first try's, whose answer was lost.
    const made = await tx.query(
      `INSERT INTO runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, state, created_ms,
         state_since_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
       ON CONFLICT (site_id, run_id) DO NOTHING RETURNING 1`,
      [siteId, runId, projectKey, seed, planned, startMs, endMs, rate, state, createdAtMs],
    )
    if (made.length === 0) {
      const same = await tx.query(
        'SELECT 1 FROM runs WHERE site_id = $1 AND run_id = $2 AND seed = $3 AND created_ms = $4',
        [siteId, runId, seed, createdAtMs],
      )
      if (same.length === 0) throw new Error(`Another run is called ${runId}, and names of runs are unique`)
      return tx.discard()
    }
    tx.notify(siteId, 'ledger')
    void tx.query(
      `INSERT INTO slots (site_id, run_id, state, slot, planned_ms, priority_id)
       SELECT $1, $2, 'planned', * FROM unnest($3::bigint[], $4::bigint[], $5::text[])`,
      [
        siteId,
        runId,
        slots.map((one) => one.slot),
        slots.map((one) => one.plannedMs),
        slots.map((one) => one.priorityId),
      ],
    )
  })
}

/** See `Store.run`. */
export async function run(db: Connection, siteId: string, runId: string): Promise<Run | null> {
  const [found] = await db.query<Run>(`SELECT ${RUN} FROM runs WHERE site_id = $1 AND run_id = $2`, [
    siteId,
    runId,
  ])
  return found ?? null
}

/** See `Store.runs`. */
export function runs(db: Connection, siteId: string, limit: number): Promise<Run[]> {
  return db.query<Run>(
    `SELECT ${RUN} FROM runs WHERE site_id = $1 ORDER BY created_ms DESC, run_id DESC LIMIT $2`,
    [siteId, limit],
  )
}

/** See `Store.setRunState`. */
export function setRunState(
  db: Connection,
  siteId: string,
  runId: string,
  state: RunState,
  atMs: number,
): Promise<void> {
  return db.write(async (tx) => {
    const changed = await tx.query(
      'UPDATE runs SET state = $3, state_since_ms = $4 WHERE site_id = $1 AND run_id = $2 RETURNING 1',
      [siteId, runId, state, atMs],
    )
    if (changed.length === 0) throw noSuchRun(runId)
    tx.notify(siteId, 'ledger')
  })
}

/** See `Store.resumeRun`. A run that was resumed at that time already stays as it is: it may be told again. */
export function resumeRun(
  db: Connection,
  siteId: string,
  runId: string,
  { byMs, atMs }: { byMs: number; atMs: number },
): Promise<void> {
  return db.write(async (tx) => {
    const resumed = await tx.query(
      `UPDATE runs SET end_ms = end_ms + $3, state = 'running', state_since_ms = $4
       WHERE site_id = $1 AND run_id = $2 AND (state <> 'running' OR state_since_ms <> $4)
       RETURNING 1`,
      [siteId, runId, byMs, atMs],
    )
    if (resumed.length === 0) return tx.discard()
    tx.notify(siteId, 'ledger')
    void tx.query(
      `UPDATE slots SET planned_ms = planned_ms + $3
       WHERE site_id = $1 AND run_id = $2 AND state = 'planned'`,
      [siteId, runId, byMs],
    )
  })
}
