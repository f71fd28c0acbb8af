import { IN_STATES, OF_MINUTE, RUN, runCountsOf } from '../rows.ts'
import { noSuchRun } from '../errors.ts'
import type {
  ResumedRun,
  Run,
  RunCounts,
  RunState,
  RequestedState,
  SlotMinute,
  SlotState,
} from '../ledger.ts'
import type { PostgresDb } from './connection/connection.ts'
import { skipSlots } from './slots.ts'

const OF_RUN = 'site_id = $1 AND run_id = $2'

const KNOWN = `FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL`

/** The lateness after that many of the latest. */
const after = (slots: string): string =>
  `(SELECT lateness_ms ${KNOWN} ORDER BY lateness_ms DESC LIMIT 1 OFFSET ${slots})`

/**
 * What half of the slots, and 95 of 100, keep within, and the latest (real ms); no row before the first. Read from the
 * late end: it is nearer.
 */
const LATENESS = `
  WITH known AS (SELECT COUNT(lateness_ms) AS all_slots ${KNOWN})
  SELECT ${after('all_slots / 2')} AS "p50Ms", ${after('all_slots / 20')} AS "p95Ms",
    ${after('0')} AS "maxMs"
  FROM known WHERE all_slots > 0`

/** See `LedgerStore.run`. */
export async function run(db: PostgresDb, siteId: string, runId: string): Promise<Run | null> {
  const [found] = await db.query<Run>(`SELECT ${RUN} FROM runs WHERE site_id = $1 AND run_id = $2`, [
    siteId,
    runId,
  ])
  return found ?? null
}

/** See `LedgerStore.runs`. */
export function runs(
  db: PostgresDb,
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
  db: PostgresDb,
  siteId: string,
  runId: string,
  state: RunState,
  atMs: number,
  wish: RequestedState | null = null,
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

/** See `LedgerStore.setRequestedState`. */
export function setRequestedState(
  db: PostgresDb,
  siteId: string,
  runId: string,
  wish: RequestedState,
): Promise<void> {
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
export function resumeRun(db: PostgresDb, siteId: string, runId: string, given: ResumedRun): Promise<void> {
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

/** See `LedgerStore.runCounts`. Each number is had from an index alone. */
export function runCounts(db: PostgresDb, siteId: string, runId: string, atMs: number): Promise<RunCounts> {
  const ofRun = [siteId, runId]
  return db.read(async (tx) => {
    const [states, missed, removed, lateness] = await Promise.all([
      tx.query<{ state: SlotState; slots: number }>(
        `SELECT state, COUNT(*) AS slots FROM slots WHERE ${OF_RUN} AND ${IN_STATES} GROUP BY state`,
        ofRun,
      ),
      tx.query<{ slots: number }>(
        `SELECT COUNT(*) AS slots FROM slots
         WHERE ${OF_RUN} AND ${IN_STATES} AND state = 'planned' AND planned_ms < $3`,
        [...ofRun, atMs],
      ),
      tx.query<{ slots: number }>(
        `SELECT COUNT(*) AS slots FROM slots WHERE ${OF_RUN} AND removed_ms IS NOT NULL`,
        ofRun,
      ),
      tx.query<NonNullable<RunCounts['lateness']>>(LATENESS, ofRun),
    ])
    return runCountsOf({
      states,
      missed: missed[0]?.slots ?? 0,
      removed: removed[0]?.slots ?? 0,
      lateness: lateness[0] ?? null,
    })
  })
}

/** See `LedgerStore.runMinutes`. */
export function runMinutes(db: PostgresDb, siteId: string, runId: string): Promise<SlotMinute[]> {
  return db.scan(`SELECT ${OF_MINUTE} FROM slots WHERE ${OF_RUN} AND ${IN_STATES} GROUP BY 1`, [
    siteId,
    runId,
  ])
}
