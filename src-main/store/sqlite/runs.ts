import { noSuchRun } from '../errors.ts'
import { IN_STATES, RUN } from '../columns.ts'
import type { ResumedRun, Run, RunState, RunWish } from '../ledger.ts'
import { inSteps } from '../steps.ts'
import type { Connection } from './connection.ts'
import { skipSlots } from './slots.ts'

/** See `LedgerStore.run`. */
export function run(db: Connection, siteId: string, runId: string): Promise<Run | null> {
  return db.read(
    () =>
      db.statement<Run>(`SELECT ${RUN} FROM runs WHERE site_id = ? AND run_id = ?`).get(siteId, runId) ??
      null,
  )
}

/** See `LedgerStore.runs`. */
export function runs(
  db: Connection,
  siteId: string,
  limit: number,
  beforeMs: number = Number.MAX_SAFE_INTEGER,
): Promise<Run[]> {
  return db.read(() =>
    db
      .statement<Run>(
        `SELECT ${RUN} FROM runs WHERE site_id = ? AND created_ms < ?
         ORDER BY created_ms DESC, run_id DESC LIMIT ?`,
      )
      .all(siteId, beforeMs, limit),
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
  return db.write(() => {
    const { changes } = db
      .statement('UPDATE runs SET state = ?, state_since_ms = ?, wish = ? WHERE site_id = ? AND run_id = ?')
      .run(state, atMs, wish, siteId, runId)
    if (changes === 0) throw noSuchRun(runId)
  })
}

/** See `LedgerStore.setRunWish`. */
export function setRunWish(db: Connection, siteId: string, runId: string, wish: RunWish): Promise<void> {
  return db.write(() => {
    if (db.statement('SELECT 1 FROM runs WHERE site_id = ? AND run_id = ?').get(siteId, runId) === undefined)
      throw noSuchRun(runId)
    db.statement(
      `UPDATE runs SET wish = @wish WHERE site_id = @siteId AND run_id = @runId AND state = 'running'
         AND (wish IS NULL OR wish NOT IN ('stop', @wish))`,
    ).run({ siteId, runId, wish })
  })
}

/** So many slots are skipped in one transaction. */
const SKIPPED_A_COMMIT = 500

/** See `LedgerStore.resumeRun`. A run that was resumed at that time already stays as it is. */
export async function resumeRun(
  db: Connection,
  siteId: string,
  runId: string,
  given: ResumedRun,
): Promise<void> {
  const { byMs, atMs, skipped } = given
  const ofRun = { siteId, runId, atMs }
  const goesOn = `site_id = @siteId AND run_id = @runId AND (state <> 'running' OR state_since_ms <> @atMs)`
  if (skipped !== undefined) {
    const isThere = await db.read(() => db.statement(`SELECT 1 FROM runs WHERE ${goesOn}`).get(ofRun))
    if (isThere === undefined) return
    await inSteps(skipped.slots, SKIPPED_A_COMMIT, (slots) =>
      db.write(() => skipSlots(db, siteId, runId, { ...skipped, slots })),
    )
  }
  await db.write(() => {
    const { changes } = db
      .statement(
        `UPDATE runs SET end_ms = end_ms + @byMs, shifted_ms = shifted_ms + @byMs, state = 'running',
           state_since_ms = @atMs, wish = NULL
         WHERE ${goesOn}`,
      )
      .run({ ...ofRun, byMs })
    if (changes === 0 || byMs === 0) return
    db.statement(
      `UPDATE slots SET planned_ms = planned_ms + ? WHERE site_id = ? AND run_id = ? AND state = 'planned' AND ${IN_STATES}`,
    ).run(byMs, siteId, runId)
  })
}
