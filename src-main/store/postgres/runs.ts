import { ACTIVE_STATES, IN_STATES, OF_MINUTE, RUN, runCountsOf } from '../rows.ts'
import { noSuchRun } from '../errors.ts'
import type { Run, RunCounts, SlotState } from '../ledger.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import { skipSlots } from './slots.ts'

const OF_RUN = 'site_id = $1 AND run_id = $2'

export const run: PostgresMethod<'run'> = async (db, siteId, runId) =>
  (await db.query<Run>(`SELECT ${RUN} FROM runs WHERE ${OF_RUN}`, [siteId, runId]))[0] ?? null

const NEWEST_RUNS = `
  SELECT ${RUN} FROM runs WHERE site_id = $1 AND created_ms < $2 ORDER BY created_ms DESC, run_id DESC LIMIT $3`

export const runs: PostgresMethod<'runs'> = (db, siteId, limit, beforeMs = Number.MAX_SAFE_INTEGER) =>
  db.query<Run>(NEWEST_RUNS, [siteId, beforeMs, limit])

/** Writes that refuse `seen` where another process has written since. */
const asSeen = (anyway: string, seen: string, revision: string): string =>
  `(${anyway}::boolean OR revision IS NOT DISTINCT FROM ${seen}::text OR revision = ${revision}::text)`

const SET_STATE = `
  UPDATE runs SET state = $3, state_since_ms = $4, wish = $5, reason = $6, revision = $7
  WHERE ${OF_RUN} AND ${asSeen('$9', '$8', '$7')}
  RETURNING 1`

export const setRunState: PostgresMethod<'setRunState'> = (
  db,
  siteId,
  runId,
  state,
  atMs,
  requested = null,
  written,
) =>
  db.write(async (tx) => {
    const { reason = null, revision = null, seen = null } = written ?? {}
    const given = [state, atMs, requested, reason, revision, seen, written === undefined]
    const [there, changed] = await Promise.all([
      tx.query(`SELECT 1 FROM runs WHERE ${OF_RUN}`, [siteId, runId]),
      tx.query(SET_STATE, [siteId, runId, ...given]),
    ])
    if (there.length === 0) throw noSuchRun(runId)
    if (changed.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
    return changed.length > 0
  })

const REQUEST = `
  UPDATE runs SET wish = $3
  WHERE ${OF_RUN} AND state IN ${ACTIVE_STATES} AND (wish IS NULL OR wish NOT IN ('stop', $3))
  RETURNING 1`

export const setRequestedState: PostgresMethod<'setRequestedState'> = (db, siteId, runId, requested) =>
  db.write(async (tx) => {
    const [there, changed] = await Promise.all([
      tx.query(`SELECT 1 FROM runs WHERE ${OF_RUN}`, [siteId, runId]),
      tx.query(REQUEST, [siteId, runId, requested]),
    ])
    if (there.length === 0) throw noSuchRun(runId)
    if (changed.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
  })

const RESUME = `
  UPDATE runs SET end_ms = end_ms + $3, shifted_ms = shifted_ms + $3, state = 'running', state_since_ms = $4,
    wish = NULL, reason = NULL, revision = $5
  WHERE ${OF_RUN} AND (state <> 'running' OR state_since_ms <> $4) AND ${asSeen('$7', '$6', '$5')}
  RETURNING 1`

const MOVE_SLOTS = `
  UPDATE slots SET planned_ms = planned_ms + $3 WHERE ${OF_RUN} AND state = 'planned' AND ${IN_STATES}`

/** A run that was resumed at that time already stays as it is: the call may be repeated. */
export const resumeRun: PostgresMethod<'resumeRun'> = (db, siteId, runId, given) =>
  db.write(async (tx) => {
    const { byMs, atMs, skipped, revision = null, seen } = given
    const written = [byMs, atMs, revision, seen ?? null, seen === undefined]
    const resumed = await tx.query(RESUME, [siteId, runId, ...written])
    if (resumed.length === 0) return tx.discard()
    tx.notify(siteId, 'ledger')
    if (skipped !== undefined) skipSlots(tx, siteId, runId, skipped)
    if (byMs !== 0) void tx.query(MOVE_SLOTS, [siteId, runId, byMs])
  })

const COUNT = `SELECT COUNT(*) AS slots FROM slots WHERE ${OF_RUN}`
const STATES = `SELECT state, COUNT(*) AS slots FROM slots WHERE ${OF_RUN} AND ${IN_STATES} GROUP BY state`

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

/** Each number is had from an index alone. */
export const runCounts: PostgresMethod<'runCounts'> = (db, siteId, runId, atMs) => {
  const ofRun = [siteId, runId]
  const missedAt = `${COUNT} AND ${IN_STATES} AND state = 'planned' AND planned_ms < $3`
  return db.read(async (tx) => {
    const [states, [missed], [removed], [lateness]] = await Promise.all([
      tx.query<{ state: SlotState; slots: number }>(STATES, ofRun),
      tx.query<{ slots: number }>(missedAt, [...ofRun, atMs]),
      tx.query<{ slots: number }>(`${COUNT} AND removed_ms IS NOT NULL`, ofRun),
      tx.query<NonNullable<RunCounts['lateness']>>(LATENESS, ofRun),
    ])
    return runCountsOf(states, {
      missed: missed?.slots ?? 0,
      removed: removed?.slots ?? 0,
      lateness: lateness ?? null,
    })
  })
}

export const runMinutes: PostgresMethod<'runMinutes'> = (db, siteId, runId) =>
  db.scan(`SELECT ${OF_MINUTE} FROM slots WHERE ${OF_RUN} AND ${IN_STATES} GROUP BY 1`, [siteId, runId])
