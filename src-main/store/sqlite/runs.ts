import { setImmediate } from 'node:timers/promises'
import { ACTIVE_STATES, IN_STATES, OF_MINUTE, RUN, runCountsOf } from '../rows.ts'
import { noSuchRun } from '../errors.ts'
import type { Run, RunCounts, SlotMinute, SlotState } from '../ledger.ts'
import { inSteps } from '../steps.ts'
import { query, type SqliteDb, type SqliteMethod } from './connection.ts'
import { skipSlots } from './slots.ts'

const OF_RUN = 'site_id = @siteId AND run_id = @runId'

/** Not of what a crash left of a run's making. */
const OF_RUN_THERE = `${OF_RUN} AND EXISTS (SELECT 1 FROM runs WHERE ${OF_RUN})`

/** How many slots are grouped without letting the event loop go on. */
const MINUTES_BATCH = 10_000
/** How many slots are skipped in one transaction. */
const SKIP_BATCH = 500

export const run: SqliteMethod<'run'> = async (db, siteId, runId) =>
  (await query<Run>(db, `SELECT ${RUN} FROM runs WHERE ${OF_RUN}`, { siteId, runId }))[0] ?? null

const NEWEST_RUNS = `
  SELECT ${RUN} FROM runs WHERE site_id = ? AND created_ms < ? ORDER BY created_ms DESC, run_id DESC LIMIT ?`

export const runs: SqliteMethod<'runs'> = (db, siteId, limit, beforeMs = Number.MAX_SAFE_INTEGER) =>
  query<Run>(db, NEWEST_RUNS, siteId, beforeMs, limit)

/** Writes that refuse `@seen` where another process has written since. */
const AS_SEEN = '(@anyway = 1 OR revision IS @seen OR revision = @revision)'

const SET_STATE = `
  UPDATE runs SET state = @state, state_since_ms = @atMs, wish = @requested, reason = @reason, revision = @revision
  WHERE ${OF_RUN} AND ${AS_SEEN}`

export const setRunState: SqliteMethod<'setRunState'> = (
  db,
  siteId,
  runId,
  state,
  atMs,
  requested = null,
  written,
) =>
  db.write(() => {
    refuseUnknown(db, siteId, runId)
    const { reason = null, revision = null, seen = null } = written ?? {}
    const given = { state, atMs, requested, reason, revision, seen, anyway: written === undefined ? 1 : 0 }
    return db.statement(SET_STATE).run({ siteId, runId, ...given }).changes > 0
  })

export const setRequestedState: SqliteMethod<'setRequestedState'> = (db, siteId, runId, requested) =>
  db.write(() => {
    refuseUnknown(db, siteId, runId)
    db.statement(
      `UPDATE runs SET wish = @requested WHERE ${OF_RUN} AND state IN ${ACTIVE_STATES}
         AND (wish IS NULL OR wish NOT IN ('stop', @requested))`,
    ).run({ siteId, runId, requested })
  })

function refuseUnknown(db: SqliteDb, siteId: string, runId: string): void {
  const there = db.statement(`SELECT 1 FROM runs WHERE ${OF_RUN}`).get({ siteId, runId })
  if (there === undefined) throw noSuchRun(runId)
}

const GOES_ON = `${OF_RUN} AND (state <> 'running' OR state_since_ms <> @atMs) AND ${AS_SEEN}`

const RESUME = `
  UPDATE runs SET end_ms = end_ms + @byMs, shifted_ms = shifted_ms + @byMs, state = 'running', state_since_ms = @atMs,
    wish = NULL, reason = NULL, revision = @revision
  WHERE ${GOES_ON}`

const MOVE_SLOTS = `
  UPDATE slots SET planned_ms = planned_ms + @byMs WHERE ${OF_RUN} AND state = 'planned' AND ${IN_STATES}`

/** A run that was resumed at that time already stays as it is. */
export const resumeRun: SqliteMethod<'resumeRun'> = async (db, siteId, runId, given) => {
  const { byMs, atMs, skipped, revision = null, seen } = given
  const ofRun = { siteId, runId }
  const asSeen = { atMs, revision, seen: seen ?? null, anyway: seen === undefined ? 1 : 0 }
  if (skipped !== undefined) {
    const goesOn = await query(db, `SELECT 1 FROM runs WHERE ${GOES_ON}`, { ...ofRun, ...asSeen })
    if (goesOn.length === 0) return
    await inSteps(skipped.slots, SKIP_BATCH, (slots) =>
      db.write(() => skipSlots(db, siteId, runId, { ...skipped, slots })),
    )
  }
  await db.write(() => {
    const { changes } = db.statement(RESUME).run({ ...ofRun, ...asSeen, byMs })
    if (changes > 0 && byMs !== 0) db.statement(MOVE_SLOTS).run({ ...ofRun, byMs })
  })
}

/** Each number is had from an index alone. */
export const runCounts: SqliteMethod<'runCounts'> = (db, siteId, runId, atMs) => {
  const ofRun = { siteId, runId }
  const states = `SELECT state, COUNT(*) AS slots FROM slots WHERE ${OF_RUN_THERE} AND ${IN_STATES} GROUP BY state`
  const count = (sql: string, params: object): number =>
    db
      .statement<{ slots: number }>(`SELECT COUNT(*) AS slots FROM slots WHERE ${OF_RUN_THERE} AND ${sql}`)
      .get(params)?.slots ?? 0
  return db.read(() =>
    runCountsOf(db.statement<{ state: SlotState; slots: number }>(states).all(ofRun), {
      missed: count(`${IN_STATES} AND state = 'planned' AND planned_ms < @atMs`, { ...ofRun, atMs }),
      removed: count('removed_ms IS NOT NULL', ofRun),
      lateness: lateness(db, ofRun, count('lateness_ms IS NOT NULL', ofRun)),
    }),
  )
}

const LATENESS = `
  SELECT lateness_ms AS latenessMs FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL
  ORDER BY lateness_ms DESC LIMIT 1 OFFSET @offset`

/** What half of the slots, and 95 of 100, keep within, and the latest. Read from the late end: it is nearer. */
function lateness(db: SqliteDb, ofRun: object, known: number): RunCounts['lateness'] {
  if (known === 0) return null
  const after = (offset: number): number =>
    db.statement<{ latenessMs: number }>(LATENESS).get({ ...ofRun, offset })?.latenessMs ?? 0
  return { p50Ms: after(Math.floor(known / 2)), p95Ms: after(Math.floor(known / 20)), maxMs: after(0) }
}

const MINUTES = `
  SELECT ${OF_MINUTE}, MAX(slot) AS lastSlot FROM (
    SELECT slot, planned_ms, state FROM slots WHERE ${OF_RUN_THERE} AND slot > @after
    ORDER BY slot LIMIT ${MINUTES_BATCH}
  ) GROUP BY 1`

/** Each slot is counted once, as it is when its step is read. */
export const runMinutes: SqliteMethod<'runMinutes'> = async (db, siteId, runId) => {
  const minutes = new Map<number, SlotMinute>()
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await query<SlotMinute & { lastSlot: number }>(db, MINUTES, { siteId, runId, after })
    let read = 0
    for (const { lastSlot, ...row } of rows) {
      const known = minutes.get(row.minute)
      minutes.set(row.minute, known === undefined ? row : sumOf(known, row))
      after = Math.max(after, lastSlot)
      read += row.planned
    }
    if (read < MINUTES_BATCH) return [...minutes.values()]
    await setImmediate()
  }
}

function sumOf(a: SlotMinute, b: SlotMinute): SlotMinute {
  return {
    minute: a.minute,
    planned: a.planned + b.planned,
    created: a.created + b.created,
    notMade: a.notMade + b.notMade,
  }
}
