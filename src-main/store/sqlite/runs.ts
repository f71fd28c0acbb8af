import { setImmediate } from 'node:timers/promises'
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
import { inSteps } from '../steps.ts'
import type { SqliteDb } from './connection.ts'
import { skipSlots } from './slots.ts'

const OF_RUN = 'site_id = @siteId AND run_id = @runId'

/** Not of what a crash left of a run's making. */
const OF_RUN_THERE = `${OF_RUN} AND EXISTS (SELECT 1 FROM runs WHERE ${OF_RUN})`

/** So many slots are grouped without letting the event loop go on. */
const MINUTES_BATCH = 10_000

/** See `LedgerStore.run`. */
export function run(db: SqliteDb, siteId: string, runId: string): Promise<Run | null> {
  return db.read(
    () =>
      db.statement<Run>(`SELECT ${RUN} FROM runs WHERE site_id = ? AND run_id = ?`).get(siteId, runId) ??
      null,
  )
}

/** See `LedgerStore.runs`. */
export function runs(
  db: SqliteDb,
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
  db: SqliteDb,
  siteId: string,
  runId: string,
  state: RunState,
  atMs: number,
  wish: RequestedState | null = null,
): Promise<void> {
  return db.write(() => {
    const { changes } = db
      .statement('UPDATE runs SET state = ?, state_since_ms = ?, wish = ? WHERE site_id = ? AND run_id = ?')
      .run(state, atMs, wish, siteId, runId)
    if (changes === 0) throw noSuchRun(runId)
  })
}

/** See `LedgerStore.setRequestedState`. */
export function setRequestedState(
  db: SqliteDb,
  siteId: string,
  runId: string,
  wish: RequestedState,
): Promise<void> {
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
const SKIP_BATCH = 500

/** See `LedgerStore.resumeRun`. A run that was resumed at that time already stays as it is. */
export async function resumeRun(
  db: SqliteDb,
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
    await inSteps(skipped.slots, SKIP_BATCH, (slots) =>
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

/** See `LedgerStore.runCounts`. Each number is had from an index alone. */
export function runCounts(db: SqliteDb, siteId: string, runId: string, atMs: number): Promise<RunCounts> {
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

/** See `LedgerStore.runMinutes`. Each slot is counted once, as it is when its step is read. */
export async function runMinutes(db: SqliteDb, siteId: string, runId: string): Promise<SlotMinute[]> {
  const minutes = new Map<number, SlotMinute>()
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await db.read(() =>
      db
        .statement<SlotMinute & { readonly lastSlot: number }>(
          `SELECT ${OF_MINUTE}, MAX(slot) AS lastSlot FROM (
             SELECT slot, planned_ms, state FROM slots WHERE ${OF_RUN_THERE} AND slot > @after
             ORDER BY slot LIMIT ${MINUTES_BATCH}
           ) GROUP BY 1`,
        )
        .all({ siteId, runId, after }),
    )
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

/** What half of the slots, and 95 of 100, keep within, and the latest. Read from the late end: it is nearer. */
function lateness(
  db: SqliteDb,
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
