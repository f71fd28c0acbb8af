import { noSuchRun } from '../errors.ts'
import type { NewRun, NewSlot, Run, RunState } from '../store.ts'
import type { Connection } from './connection.ts'

const RUN = `site_id AS siteId, run_id AS runId, project_key AS projectKey, seed, planned, start_ms AS startMs,
  end_ms AS endMs, rate, state, created_ms AS createdAtMs, state_since_ms AS stateSinceMs`

/** See `Store.createRun`: the run is there with all its slots, or not at all. */
export function createRun(db: Connection, newRun: NewRun, slots: readonly NewSlot[]): Promise<void> {
  return db.write(() => {
    if (isThere(db, newRun)) return
    db.statement(
      `INSERT INTO runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, state,
         state_since_ms, created_ms)
       VALUES (@siteId, @runId, @projectKey, @seed, @planned, @startMs, @endMs, @rate, @state,
         @createdAtMs, @createdAtMs)`,
    ).run(newRun)
    const add = db.statement(
      `INSERT INTO slots (site_id, run_id, slot, planned_ms, priority_id, state)
       VALUES (?, ?, ?, ?, ?, 'planned')`,
    )
    for (const { slot, plannedMs, priorityId } of slots) {
      add.run(newRun.siteId, newRun.runId, slot, plannedMs, priorityId)
    }
  })
}

/** Whether the very same run was stored before, for a caller who never heard of it. */
function isThere(db: Connection, { siteId, runId, seed, createdAtMs }: NewRun): boolean {
  const same = db
    .statement('SELECT 1 FROM runs WHERE site_id = ? AND run_id = ? AND seed = ? AND created_ms = ?')
    .get(siteId, runId, seed, createdAtMs)
  return same !== undefined
}

/** See `Store.run`. */
export function run(db: Connection, siteId: string, runId: string): Promise<Run | null> {
  return db.read(
    () =>
      db.statement<Run>(`SELECT ${RUN} FROM runs WHERE site_id = ? AND run_id = ?`).get(siteId, runId) ??
      null,
  )
}

/** See `Store.runs`. */
export function runs(db: Connection, siteId: string, limit: number): Promise<Run[]> {
  return db.read(() =>
    db
      .statement<Run>(
        `SELECT ${RUN} FROM runs WHERE site_id = ? ORDER BY created_ms DESC, run_id DESC LIMIT ?`,
      )
      .all(siteId, limit),
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
  return db.write(() => {
    const { changes } = db
      .statement('UPDATE runs SET state = ?, state_since_ms = ? WHERE site_id = ? AND run_id = ?')
      .run(state, atMs, siteId, runId)
    if (changes === 0) throw noSuchRun(runId)
  })
}

/** See `Store.resumeRun`. A run that was resumed at that time already stays as it is. */
export function resumeRun(
  db: Connection,
  siteId: string,
  runId: string,
  { byMs, atMs }: { byMs: number; atMs: number },
): Promise<void> {
  return db.write(() => {
    const { changes } = db
      .statement(
        `UPDATE runs SET end_ms = end_ms + @byMs, state = 'running', state_since_ms = @atMs
         WHERE site_id = @siteId AND run_id = @runId AND (state <> 'running' OR state_since_ms <> @atMs)`,
      )
      .run({ siteId, runId, byMs, atMs })
    if (changes === 0) return
    db.statement(
      `UPDATE slots SET planned_ms = planned_ms + ? WHERE site_id = ? AND run_id = ? AND state = 'planned'`,
    ).run(byMs, siteId, runId)
  })
}
