import { IN_STATES } from '../columns.ts'
import type { RunCounts, SlotState } from '../ledger.ts'
import { runCountsOf } from '../run-counts.ts'
import type { Connection } from './connection.ts'

const OF_RUN = 'site_id = @siteId AND run_id = @runId'
/** Not of what a crash left of a run's making. */
const OF_RUN_THERE = `${OF_RUN} AND EXISTS (SELECT 1 FROM runs WHERE ${OF_RUN})`

/** See `LedgerStore.runCounts`. Each number is had from an index alone. */
export function runCounts(db: Connection, siteId: string, runId: string, atMs: number): Promise<RunCounts> {
  const ofRun = { siteId, runId }
  const count = (sql: string, params: object): number =>
    db
      .statement<{ slots: number }>(`SELECT COUNT(*) AS slots FROM slots WHERE ${OF_RUN_THERE} AND ${sql}`)
      .get(params)?.slots ?? 0
  return db.read(() =>
    runCountsOf({
      states: db
        .statement<{ state: SlotState; slots: number }>(
          `SELECT state, COUNT(*) AS slots FROM slots WHERE ${OF_RUN_THERE} AND ${IN_STATES} GROUP BY state`,
        )
        .all(ofRun),
      missed: count(`${IN_STATES} AND state = 'planned' AND planned_ms < @atMs`, { ...ofRun, atMs }),
      removed: count('removed_ms IS NOT NULL', ofRun),
      lateness: lateness(db, ofRun, count('lateness_ms IS NOT NULL', ofRun)),
    }),
  )
}

/** What half of the slots, and 95 of 100, keep within, and the latest. Read from the late end: it is nearer. */
function lateness(
  db: Connection,
  ofRun: { readonly siteId: string; readonly runId: string },
  known: number,
): RunCounts['lateness'] {
  if (known === 0) return null
  const after = (offset: number): number =>
    db
      .statement<{ latenessMs: number }>(
        `SELECT lateness_ms AS latenessMs FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL
         ORDER BY lateness_ms DESC LIMIT 1 OFFSET @offset`,
      )
      .get({ ...ofRun, offset })?.latenessMs ?? 0
  return { p50Ms: after(Math.floor(known / 2)), p95Ms: after(Math.floor(known / 20)), maxMs: after(0) }
}
