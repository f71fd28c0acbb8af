import { IN_STATES } from '../columns.ts'
import type { RunCounts, SlotMinute, SlotState } from '../ledger.ts'
import { OF_MINUTE, runCountsOf } from '../run-counts.ts'
import type { Connection } from './connection.ts'

const OF_RUN = 'site_id = $1 AND run_id = $2'

/** See `LedgerStore.runCounts`. Each number is had from an index alone. */
export function runCounts(db: Connection, siteId: string, runId: string, atMs: number): Promise<RunCounts> {
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
export function runMinutes(db: Connection, siteId: string, runId: string): Promise<SlotMinute[]> {
  return db.scan(`SELECT ${OF_MINUTE} FROM slots WHERE ${OF_RUN} AND ${IN_STATES} GROUP BY 1`, [
    siteId,
    runId,
  ])
}

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
