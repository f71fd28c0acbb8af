import { setImmediate } from 'node:timers/promises'
import { runsAtOnce } from '../errors.ts'
import type { EngineLedger, SlotMinute } from '../ledger/ledger.ts'
import { addRun, addSlots, isRunThere, OF_MINUTE } from '../ledger/runs.ts'
import { OF_RUN, type RunName } from '../ledger/slots.ts'
import { rows, sql, storable, type Database } from '../sql.ts'
import { allInSteps, inSteps, splitLast } from '../steps.ts'

/** How many slots are written in one transaction. */
const SLOT_BATCH = 500
/** How many slots are grouped by minutes without letting the event loop go on. */
const MINUTES_BATCH = 10_000
/** How many runs are looked at without letting the event loop go on. */
const RUN_BATCH = 1_000

const COUNT_SLOTS = `SELECT COUNT(*) AS slots FROM slots WHERE ${OF_RUN}`

const RECORD = `
  UPDATE slots SET state = :state, answered_ms = :answeredAtMs, lateness_ms = :latenessMs, issue_id = :issueId,
    issue_key = :issueKey, reason = :reason`
const OF_SLOT = `WHERE ${OF_RUN} AND slot = :slot`
const RECORD_ATTEMPT = `${RECORD}, sent_ms = coalesce(:sentAtMs, sent_ms) ${OF_SLOT} AND state <> 'created'`
/** A slot that is planned again has not been sent. */
const GIVE_BACK = `
  ${RECORD}, sent_ms = NULL ${OF_SLOT} AND state IN ('sent', 'unknown') AND sent_ms = :sentAtMs`

/** What is otherwise than on a server: in transactions of a few rows, since the event loop waits for each. */
export const createFileLedger = (db: Database): EngineLedger => ({
  /**
   * A crash on the way leaves slots of a run that is not there: they are not read, and the next run sweeps them away.
   * Throws `busy` where another process did so with these ones, since it began a run meanwhile.
   */
  async createRun(newRun, slots) {
    if (await db.read(() => isRunThere(newRun))) return
    await sweepLeftovers(db, newRun.siteId)
    const [former, last] = splitLast(slots, SLOT_BATCH)
    await inSteps(former, SLOT_BATCH, (some) =>
      db.write(function* () {
        yield [addSlots(newRun, some)]
      }),
    )
    if (former.length > 0) await setImmediate()
    await db.write(function* (tx) {
      if (yield* isRunThere(newRun)) return
      tx.send(addSlots(newRun, last))
      const [[written]] = yield* rows(sql<{ slots: number }>(COUNT_SLOTS, newRun))
      if (written?.slots !== slots.length) throw runsAtOnce()
      tx.send(addRun(newRun))
    })
  },

  recordSlots: (siteId, runId, outcomes) =>
    db.write(function* () {
      yield outcomes.map((one) => {
        const outcome = storable({ ...one, sentAtMs: one.sentAtMs ?? null })
        return sql(one.state === 'planned' ? GIVE_BACK : RECORD_ATTEMPT, { ...outcome, siteId, runId })
      })
    }),

  /** Each slot is counted once, as it is when its step is read. */
  async runMinutes(siteId, runId) {
    const minutes = new Map<number, SlotMinute>()
    for (let after = Number.MIN_SAFE_INTEGER; ;) {
      const found = await db.scan(sql<SlotMinute & { lastSlot: number }>(MINUTES, { siteId, runId, after }))
      let read = 0
      for (const { lastSlot, ...row } of found) {
        minutes.set(row.minute, sumOf(row, minutes.get(row.minute)))
        after = Math.max(after, lastSlot)
        read += row.planned
      }
      if (read < MINUTES_BATCH) return [...minutes.values()]
      await setImmediate()
    }
  },
})

const MINUTES = `
  SELECT ${OF_MINUTE}, MAX(slot) AS lastSlot FROM (
    SELECT slot, planned_ms, state FROM slots WHERE ${OF_RUN} AND RUN_IS_THERE AND slot > :after
    ORDER BY slot LIMIT ${MINUTES_BATCH}
  ) GROUP BY 1`

function sumOf(a: SlotMinute, b: SlotMinute | undefined): SlotMinute {
  if (b === undefined) return a
  return {
    minute: a.minute,
    planned: a.planned + b.planned,
    created: a.created + b.created,
    notMade: a.notMade + b.notMade,
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
    SELECT (SELECT MIN(run_id) FROM slots WHERE site_id = :siteId AND run_id > :after)
    UNION ALL
    SELECT (SELECT MIN(run_id) FROM slots WHERE site_id = :siteId AND run_id > known.run_id)
    FROM known WHERE run_id IS NOT NULL
  )
  SELECT run_id AS runId, EXISTS (SELECT 1 FROM runs WHERE site_id = :siteId AND run_id = known.run_id) AS isThere
  FROM known WHERE run_id IS NOT NULL LIMIT ${RUN_BATCH}`

/** Deletes the slots of runs that are not there. */
async function sweepLeftovers(db: Database, siteId: string): Promise<void> {
  const known = await allInSteps<KnownRun>(RUN_BATCH, (last) =>
    db.query(sql(KNOWN_RUNS, { siteId, after: last?.runId ?? '' })),
  )
  for (const { runId } of known.filter((one) => one.isThere === 0)) {
    while ((await sweepSome(db, { siteId, runId })) === SLOT_BATCH) await setImmediate()
  }
}

const SWEEP = `
  DELETE FROM slots WHERE rowid IN (
    SELECT rowid FROM slots WHERE ${OF_RUN} AND NOT RUN_IS_THERE LIMIT ${SLOT_BATCH}
  ) RETURNING 1`

/** Deletes some slots of a run that is not there; gives how many. */
function sweepSome(db: Database, ofRun: RunName): Promise<number> {
  return db.write(function* () {
    const [swept] = yield* rows(sql(SWEEP, ofRun))
    return swept.length
  })
}
