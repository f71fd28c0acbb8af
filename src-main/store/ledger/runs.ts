import { setImmediate } from 'node:timers/promises'
import { noSuchRun, otherRun } from '../errors.ts'
import type {
  NewRun,
  NewSlot,
  RequestedState,
  ResumedRun,
  Run,
  RunCounts,
  RunState,
  SlotState,
  WrittenState,
} from './ledger.ts'
import { notifyIf, rows, sql, type Database, type Statement, type Steps } from '../sql.ts'
import { inSteps, splitLast } from '../steps.ts'
import { OF_RUN, skipSlots, type RunName } from './slots.ts'

/** The columns of a run that are written with it, by its fields; and those that are written later. */
const OF_NEW_RUN = {
  siteId: 'site_id',
  runId: 'run_id',
  projectKey: 'project_key',
  seed: 'seed',
  planned: 'planned',
  startMs: 'start_ms',
  endMs: 'end_ms',
  rate: 'rate',
  profile: 'profile',
  mix: 'mix',
  state: 'state',
  createdAtMs: 'created_ms',
} satisfies Record<keyof NewRun, string>
const OF_CHANGED_RUN = {
  reason: 'reason',
  requested: 'wish',
  stateSinceMs: 'state_since_ms',
  revision: 'revision',
  shiftedMs: 'shifted_ms',
} satisfies Record<Exclude<keyof Run, keyof NewRun>, string>

const RUN = Object.entries({ ...OF_NEW_RUN, ...OF_CHANGED_RUN })
  .map(([field, column]) => `${column} AS "${field}"`)
  .join(', ')

const NEWEST_RUNS = `
  SELECT ${RUN} FROM runs WHERE site_id = :siteId AND created_ms < :beforeMs
  ORDER BY created_ms DESC, run_id DESC LIMIT :limit`

/** Of a run that a process works on, or worked on when it died. */
const ACTIVE_STATES = `('running', 'pausing', 'stopping')`

/** Unless another process has written since what the writer has `:seen`; `:anyway` is 1 where it has not looked. */
const SET_STATE = `
  UPDATE runs SET state = :state, state_since_ms = :atMs, wish = :requested, reason = :reason, revision = :revision
  WHERE ${OF_RUN} AND (CAST(:anyway AS BIGINT) = 1 OR revision IS NOT DISTINCT FROM CAST(:seen AS TEXT)
    OR revision = CAST(:revision AS TEXT)) RETURNING 1 AS one`

const REQUEST = `
  UPDATE runs SET wish = :requested
  WHERE ${OF_RUN} AND state IN ${ACTIVE_STATES} AND (wish IS NULL OR wish NOT IN ('stop', :requested))
  RETURNING 1 AS one`

/** Once: for a process that has seen the last write, or else by the time. */
const GOES_ON = `${OF_RUN} AND CASE CAST(:anyway AS BIGINT) WHEN 0 THEN revision IS NOT DISTINCT FROM CAST(:seen AS TEXT)
  ELSE state <> 'running' OR state_since_ms <> :atMs END`

const RESUME = `
  UPDATE runs SET end_ms = end_ms + :byMs, shifted_ms = shifted_ms + :byMs, state = 'running', state_since_ms = :atMs,
    wish = NULL, reason = NULL, revision = :revision
  WHERE ${GOES_ON} RETURNING 1 AS one`

/** True of every slot, and part of each query of the index slots_by_state, which is for those alone. */
export const IN_STATES = 'planned_ms >= -9007199254740991'

const MOVE_SLOTS = `
  UPDATE slots SET planned_ms = planned_ms + :byMs WHERE ${OF_RUN} AND state = 'planned' AND ${IN_STATES}`

/** The rows of runs, and what is counted of their slots. */
export function createRuns(db: Database) {
  const runs = (siteId: string, limit: number, beforeMs = Number.MAX_SAFE_INTEGER): Promise<Run[]> =>
    db.query(sql<Run>(NEWEST_RUNS, { siteId, limit, beforeMs }))
  return {
    run: async (siteId: string, runId: string): Promise<Run | null> =>
      (await db.query(sql<Run>(`SELECT ${RUN} FROM runs WHERE ${OF_RUN}`, { siteId, runId })))[0] ?? null,

    lastRun: async (siteId: string): Promise<Run | null> => (await runs(siteId, 1))[0] ?? null,

    /** The newest `limit` runs, newest first; only those begun before `beforeMs` where that is given. */
    runs,

    /**
     * Throws `not-found` where there is no such run. `requested`: what a person asked for, which brought it to rest; none
     * where absent. What another process asked for is taken back. False where the revision that the writer has seen is not
     * the last one any more, nor its own, of a write whose answer was lost: then nothing is written.
     */
    setRunState: (
      siteId: string,
      runId: string,
      state: RunState,
      atMs: number,
      requested: RequestedState | null = null,
      written?: WrittenState,
    ): Promise<boolean> =>
      db.write(function* (tx) {
        const given = { siteId, runId, state, atMs, requested, reason: written?.reason ?? null }
        const changed = yield* changeRun(SET_STATE, { ...given, ...revisions(written) })
        notifyIf(changed, tx, siteId, 'ledger')
        return changed
      }),

    /**
     * Leaves a request for the process that works on a run, which is notified of it as of every commit to the ledger. Does
     * nothing where no process is to work on it; a `stop` is not replaced by a `pause`. Throws `not-found`.
     */
    setRequestedState: (siteId: string, runId: string, requested: RequestedState): Promise<void> =>
      db.write(function* (tx) {
        notifyIf(yield* changeRun(REQUEST, { siteId, runId, requested }), tx, siteId, 'ledger')
      }),

    /**
     * A run goes on from `atMs`, running and with nothing requested: the slots still planned, and the run's end, move by
     * `byMs`, once. Those of `skipped` that are still planned become so before, in steps, with the reason, and keep their
     * times. Nothing happens where `seen` is given and is not its last revision.
     */
    resumeRun: (siteId: string, runId: string, resumed: ResumedRun): Promise<void> =>
      resume(db, { siteId, runId }, resumed),

    /** `missed` counts the planned slots whose time is before `atMs`. */
    runCounts: (siteId: string, runId: string, atMs: number): Promise<RunCounts> =>
      db.read(() => countSlots({ siteId, runId, atMs })),
  }
}

/** Skips in steps, then goes on at once with the last of them. */
async function resume(db: Database, ofRun: RunName, resumed: ResumedRun): Promise<void> {
  const { byMs, atMs, skipped = { slots: [], reason: '' } } = resumed
  const given = { ...ofRun, byMs, atMs, ...revisions(resumed) }
  const size = db.batch.places
  const [former, last] = splitLast(skipped.slots, size)
  if (former.length > 0) {
    const goesOn = await db.query(sql(`SELECT 1 AS one FROM runs WHERE ${GOES_ON}`, given))
    if (goesOn.length === 0) return
    await inSteps(former, size, (slots) =>
      db.write(function* () {
        yield skipSlots(given, { ...skipped, slots })
      }),
    )
    await setImmediate()
  }
  await db.write(function* (tx) {
    const [changed] = yield* rows(sql(RESUME, given))
    notifyIf(changed.length > 0, tx, ofRun.siteId, 'ledger')
    if (changed.length === 0) return
    if (last.length > 0) tx.send(...skipSlots(given, { ...skipped, slots: last }))
    if (byMs !== 0) tx.send(sql(MOVE_SLOTS, given))
  })
}

/** What is known of the last write of the state. */
function revisions({ seen, revision }: { readonly seen?: string | null; readonly revision?: string } = {}) {
  return { seen: seen ?? null, revision: revision ?? null, anyway: seen === undefined ? 1 : 0 }
}

/** Whether a run was as the change asks for. Throws `not-found`. */
function* changeRun(text: string, given: RunName & Record<string, unknown>): Steps<boolean> {
  const [there, changed] = yield* rows(
    sql(`SELECT 1 AS one FROM runs WHERE ${OF_RUN}`, given),
    sql(text, given),
  )
  if (there.length === 0) throw noSuchRun(given.runId)
  return changed.length > 0
}

const COUNTED = `FROM slots WHERE ${OF_RUN} AND RUN_IS_THERE`
const STATES = `
  SELECT state, COUNT(*) AS slots, COUNT(*) FILTER (WHERE planned_ms < :atMs) AS before
  ${COUNTED} AND ${IN_STATES} GROUP BY state`
const REMOVED = `SELECT COUNT(*) AS slots ${COUNTED} AND removed_ms IS NOT NULL`

const KNOWN = `FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL`

/** The lateness after that many of the latest. */
const after = (slots: string): string =>
  `(SELECT lateness_ms ${KNOWN} ORDER BY lateness_ms DESC LIMIT 1 OFFSET (SELECT ${slots} FROM known))`

/**
 * What half of the slots, and 95 of 100, keep within, and the latest (real ms); no row before the first. Read from the
 * late end: it is nearer.
 */
const LATENESS = `
  WITH known AS (SELECT COUNT(*) AS all_slots ${KNOWN})
  SELECT ${after('all_slots / 2')} AS "p50Ms", ${after('all_slots / 20')} AS "p95Ms", ${after('0')} AS "maxMs"
  FROM known WHERE all_slots > 0`

/** Each number is had from an index alone. */
function* countSlots(given: { siteId: string; runId: string; atMs: number }): Steps<RunCounts> {
  const [states, [removed], [lateness]] = yield* rows(
    sql<{ state: SlotState; slots: number; before: number }>(STATES, given),
    sql<{ slots: number }>(REMOVED, given),
    sql<NonNullable<RunCounts['lateness']>>(LATENESS, given),
  )
  const inState = (state: SlotState): number => states.find((row) => row.state === state)?.slots ?? 0
  return {
    created: inState('created'),
    failed: inState('failed'),
    unknown: inState('unknown'),
    open: inState('planned') + inState('sent'),
    skipped: inState('skipped'),
    missed: states.find((row) => row.state === 'planned')?.before ?? 0,
    removed: removed?.slots ?? 0,
    lateness: lateness ?? null,
  }
}

/** The columns of a `SlotMinute`, of slots grouped by their first. */
export const OF_MINUTE = `planned_ms / 60000 AS minute, COUNT(*) AS planned,
  COUNT(*) FILTER (WHERE state = 'created') AS created,
  COUNT(*) FILTER (WHERE state IN ('failed', 'unknown', 'skipped')) AS "notMade"`

const ADD_RUN = `
  INSERT INTO runs (${Object.values(OF_NEW_RUN).join(', ')}, state_since_ms)
  VALUES (${Object.keys(OF_NEW_RUN)
    .map((field) => `:${field}`)
    .join(', ')}, :createdAtMs)
  ON CONFLICT (site_id, run_id) DO NOTHING RETURNING 1 AS one`

/** Writes a run; gives no row where one of that name is there. */
export function addRun(run: NewRun): Statement {
  return sql(ADD_RUN, run)
}

const ADD_SLOTS = `
  INSERT INTO slots (site_id, run_id, state, slot, planned_ms, priority_id, project_key, issue_type_id)
  VALUES (:siteId, :runId, 'planned', :slot[BIGINT], :plannedMs[BIGINT], :priorityId[TEXT], :projectKey[TEXT],
    :issueTypeId[TEXT])`

export function addSlots({ siteId, runId }: NewRun, slots: readonly NewSlot[]): Statement {
  return { text: ADD_SLOTS, params: { siteId, runId }, rows: slots }
}

/** Whether the very same run was stored before, for a caller that got no answer. Throws where another has its name. */
export function* isRunThere({ siteId, runId, seed, createdAtMs }: NewRun): Steps<boolean> {
  const [[there]] = yield* rows(
    sql<Pick<NewRun, 'seed' | 'createdAtMs'>>(
      `SELECT seed, created_ms AS "createdAtMs" FROM runs WHERE ${OF_RUN}`,
      { siteId, runId },
    ),
  )
  if (there === undefined) return false
  if (there.seed !== seed || there.createdAtMs !== createdAtMs) throw otherRun(runId)
  return true
}
