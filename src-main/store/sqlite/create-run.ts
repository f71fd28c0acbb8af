import { setImmediate } from 'node:timers/promises'
import { otherRun, runsAtOnce } from '../errors.ts'
import type { NewRun, NewSlot } from '../ledger.ts'
import { allInSteps, inSteps } from '../steps.ts'
import { query, type SqliteDb, type SqliteMethod } from './connection.ts'

/** How many slots are written in one transaction. */
const SLOT_BATCH = 500
/** How many runs are looked at without letting the event loop go on. */
const RUN_BATCH = 1_000

const COUNT_SLOTS = 'SELECT COUNT(*) AS slots FROM slots WHERE site_id = ? AND run_id = ?'

/**
 * A crash on the way leaves slots of a run that is not there: nobody reads them, and the next run sweeps them away.
 * Throws `busy` where another process did so with these ones, since it began a run meanwhile.
 */
export const createRun: SqliteMethod<'createRun'> = async (db, newRun, slots) => {
  if (await db.read(() => isThere(db, newRun))) return
  await sweepLeftovers(db, newRun.siteId)
  const lastStep = Math.max(0, Math.ceil(slots.length / SLOT_BATCH) - 1) * SLOT_BATCH
  await inSteps(slots.slice(0, lastStep), SLOT_BATCH, (some) => db.write(() => addSlots(db, newRun, some)))
  if (lastStep > 0) await setImmediate()
  await db.write(() => {
    if (isThere(db, newRun)) return
    addSlots(db, newRun, slots.slice(lastStep))
    const written = db.statement<{ slots: number }>(COUNT_SLOTS).get(newRun.siteId, newRun.runId)
    if (written?.slots !== slots.length) throw runsAtOnce()
    addRun(db, newRun)
  })
}

/** Whether the very same run was stored before, for a caller that got no answer. Throws where another has its name. */
function isThere(db: SqliteDb, { siteId, runId, seed, createdAtMs }: NewRun): boolean {
  const sql = 'SELECT seed, created_ms AS createdAtMs FROM runs WHERE site_id = ? AND run_id = ?'
  const there = db.statement<{ seed: number; createdAtMs: number }>(sql).get(siteId, runId)
  if (there === undefined) return false
  if (there.seed !== seed || there.createdAtMs !== createdAtMs) throw otherRun(runId)
  return true
}

function addRun(db: SqliteDb, newRun: NewRun): void {
  db.statement(
    `INSERT INTO runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, profile, state,
       state_since_ms, created_ms)
     VALUES (@siteId, @runId, @projectKey, @seed, @planned, @startMs, @endMs, @rate, @profile, @state,
       @createdAtMs, @createdAtMs)`,
  ).run(newRun)
}

function addSlots(db: SqliteDb, { siteId, runId }: NewRun, slots: readonly NewSlot[]): void {
  const add = db.statement(
    `INSERT INTO slots (site_id, run_id, state, slot, planned_ms, priority_id, project_key, issue_type_id)
     VALUES (?, ?, 'planned', ?, ?, ?, ?, ?)`,
  )
  for (const { slot, plannedMs, priorityId, projectKey, issueTypeId } of slots) {
    add.run(siteId, runId, slot, plannedMs, priorityId, projectKey, issueTypeId)
  }
}

/** A run that has slots. */
interface KnownRun {
  readonly runId: string
  readonly isThere: 0 | 1
}

/** One seek in the slots' key for each run of the site. */
const KNOWN_RUNS = `
  WITH RECURSIVE known (run_id) AS (
    SELECT (SELECT MIN(run_id) FROM slots WHERE site_id = @siteId AND run_id > @after)
    UNION ALL
    SELECT (SELECT MIN(run_id) FROM slots WHERE site_id = @siteId AND run_id > known.run_id)
    FROM known WHERE run_id IS NOT NULL
  )
  SELECT run_id AS runId,
    EXISTS (SELECT 1 FROM runs WHERE site_id = @siteId AND run_id = known.run_id) AS isThere
  FROM known WHERE run_id IS NOT NULL LIMIT ${RUN_BATCH}`

/** Deletes the slots of runs that are not there. */
async function sweepLeftovers(db: SqliteDb, siteId: string): Promise<void> {
  const known = await allInSteps<KnownRun>(RUN_BATCH, (last) =>
    query(db, KNOWN_RUNS, { siteId, after: last?.runId ?? '' }),
  )
  for (const run of known.filter((one) => one.isThere === 0)) {
    while ((await db.write(() => sweepSome(db, siteId, run.runId))) === SLOT_BATCH) await setImmediate()
  }
}

/** Deletes some slots of a run that is not there; gives how many. */
function sweepSome(db: SqliteDb, siteId: string, runId: string): number {
  const sql = `
    DELETE FROM slots WHERE rowid IN (
      SELECT rowid FROM slots WHERE site_id = @siteId AND run_id = @runId
        AND NOT EXISTS (SELECT 1 FROM runs WHERE site_id = @siteId AND run_id = @runId)
      LIMIT ${SLOT_BATCH}
    )`
  return db.statement(sql).run({ siteId, runId }).changes
}
