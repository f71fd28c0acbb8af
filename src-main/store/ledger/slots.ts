import { setImmediate } from 'node:timers/promises'
import { startOfMinute, type Minute } from '../../../src-shared/domain/minute.ts'
import { IN_SCOPE, scopeParams } from '../count-cells.ts'
import type { PlannedCount, RunState, SkippedSlots, Slot, SlotOfRun } from './ledger.ts'
import { notifyIf, rows, sql, storable, type Database, type Statement, type Steps, type Tx } from '../sql.ts'
import { allInSteps, inSteps, rowsInSteps } from '../steps.ts'
import type { CountsQuery, CountsScope } from '../store.ts'

export const OF_RUN = 'site_id = :siteId AND run_id = :runId'

export interface RunName {
  readonly siteId: string
  readonly runId: string
}

const SLOT = `slot, planned_ms AS "plannedMs", priority_id AS "priorityId", project_key AS "projectKey",
  issue_type_id AS "issueTypeId", state, sent_ms AS "sentAtMs", answered_ms AS "answeredAtMs",
  lateness_ms AS "latenessMs", issue_id AS "issueId", issue_key AS "issueKey", reason, removed_ms AS "removedMs"`

const SLOT_OF_RUN = `run_id AS "runId", ${SLOT}`

const BY_NUMBERS = `slots WHERE slot IN (:slots[BIGINT]) AND ${OF_RUN}`

/**
 * Waits for a transaction that is about to commit something of these slots, also where that makes them such as are meant here: a
 * claim whose answer was lost may still be on its way when it is given back. All take them in the same order.
 */
export function lockSlots(ofRun: RunName, numbers: readonly number[]): Statement {
  const slots = numbers.toSorted((a, b) => a - b)
  return {
    text: `SELECT 1 AS one FROM {${BY_NUMBERS} FOR UPDATE}`,
    params: { ...ofRun, slots },
    serverOnly: true,
  }
}

function lockRun(ofRun: RunName): Statement {
  return { text: `SELECT 1 AS one FROM runs WHERE ${OF_RUN} FOR SHARE`, params: ofRun, serverOnly: true }
}

const CLAIM = `
  UPDATE slots SET state = 'sent', sent_ms = :sentAtMs
  WHERE AT {${BY_NUMBERS} AND state = 'planned'}
    AND EXISTS (SELECT 1 FROM runs WHERE ${OF_RUN} AND state = 'running' AND restored_ms IS NULL)
  RETURNING slot`

const SKIP = `
  UPDATE slots SET state = 'skipped', reason = :reason WHERE AT {${BY_NUMBERS} AND state = 'planned'}`

/** Those that are still planned shall not be made. */
export function skipSlots(ofRun: RunName, skipped: SkippedSlots): Statement[] {
  return [lockSlots(ofRun, skipped.slots), sql(SKIP, { ...ofRun, ...storable(skipped) })]
}

/** The clocks of those who worked on the run and of who restored the store need not be quite the same. */
const CLOCK_SLACK_MS = 60_000
const LOST_SENDING = 'The store was restored from a backup, which does not know whether it was sent.'
const RESTORED = `SELECT NOW_MS - restored_ms AS "agoMs" FROM runs WHERE ${OF_RUN} AND restored_ms IS NOT NULL`
/** Its claim was at its planned time at the earliest. */
const DOUBT = `
  UPDATE slots SET state = 'sent', sent_ms = planned_ms, reason = :reason
  WHERE ${OF_RUN} AND state = 'planned' AND planned_ms <= :untilMs`
const DOUBTED = `UPDATE runs SET restored_ms = NULL WHERE ${OF_RUN}`

const MARK_REMOVED = `
  UPDATE slots SET removed_ms = :atMs WHERE AT {${BY_NUMBERS} AND removed_ms IS NULL} RETURNING 1 AS one`

/** Those of a run that is not there are what a crash left of its making. */
const SLOTS = `
  SELECT ${SLOT} FROM slots WHERE ${OF_RUN} AND slot > :after AND RUN_IS_THERE ORDER BY slot LIMIT :batch`

/** Slots of runs that are not there are read, too: how many are read is what a step costs. */
const PLANNED = `
  SELECT ${SLOT_OF_RUN}, ITS_RUN_IS_THERE AS "isThere" FROM slots
  WHERE site_id = :siteId AND (planned_ms, run_id, slot) > (:plannedMs, :runId, :slot) AND planned_ms < :toMs
  ORDER BY planned_ms, run_id, slot LIMIT :batch`

const OF_TICKETS = `SELECT ${SLOT_OF_RUN} FROM {slots WHERE issue_id IN (:ids[TEXT]) AND site_id = :siteId}`

/** How many planned slots are counted in a file without letting the event loop go on, and how many tickets looked for. */
const COUNT_BATCH = 5_000
const CHARTED_BATCH = 2_000

/** Where a step ends: read from the index alone. */
const STEP_END = `
  SELECT planned_ms AS "atMs" FROM slots WHERE site_id = :siteId AND planned_ms >= :fromMs AND planned_ms < :toMs
  ORDER BY planned_ms, run_id, slot LIMIT 1 OFFSET :batch`

const PLANNED_COUNTS = `
  SELECT run_id AS "runId", 
    CAST((planned_ms / 60000 - :fromMinute) / :bucketMinutes AS BIGINT) * :bucketMinutes + :fromMinute AS "startMinute",
    COUNT(*) AS planned, COUNT(*) FILTER (WHERE state = 'planned') AS open
  FROM slots WHERE ${IN_SCOPE} AND planned_ms >= :fromMs AND planned_ms < :toMs
  GROUP BY 1, 2`

const RUN_STATES = `
  SELECT run_id AS "runId", state FROM runs WHERE site_id = :siteId AND run_id IN (:runIds[TEXT])`

const CHARTED = `
  SELECT MAX(slot) AS "lastSlot", COUNT(*) AS slots, COUNT(*) FILTER (WHERE ${IN_SCOPE}) AS planned,
    COUNT(ticket) AS charted
  FROM (
    SELECT site_id, slot, priority_id, project_key, (
      SELECT 1 FROM tickets WHERE ${IN_SCOPE} AND id = slots.issue_id AND left_ms IS NULL
    ) AS ticket
    FROM slots WHERE ${OF_RUN} AND slot > :after AND RUN_IS_THERE ORDER BY slot LIMIT :batch
  ) AS step`

interface PlannedCell extends PlannedCount {
  readonly runId: string
  /** Of those the ones that are not sent yet. */
  readonly open: number
}

/** The slots of runs. */
export function createSlots(db: Database) {
  return {
    /** In the order of their numbers. Read in steps. */
    slots(siteId: string, runId: string): Promise<Slot[]> {
      const batch = db.batch.rows
      return allInSteps<Slot>(batch, (last) =>
        db.scan(sql(SLOTS, { siteId, runId, after: last?.slot ?? Number.MIN_SAFE_INTEGER, batch })),
      )
    },

    /** Slots of all the site's runs that are planned for `[fromMs, toMs)`, in order of that. Read in steps. */
    async slotsPlanned(siteId: string, fromMs: number, toMs: number): Promise<SlotOfRun[]> {
      const batch = db.batch.rows
      const found: SlotOfRun[] = []
      const steps = rowsInSteps<SlotOfRun & { isThere: unknown }>(batch, (last) => {
        const { plannedMs, runId, slot } = last ?? { plannedMs: fromMs, runId: '', slot: 0 }
        return db.scan(sql(PLANNED, { siteId, plannedMs, runId, slot, toMs, batch }))
      })
      for await (const some of steps) {
        for (const { isThere, ...slot } of some) if (isThere) found.push(slot)
      }
      return found
    },

    /** The slots, of any of the site's runs, that made one of these tickets. Any number of ids; read in steps. */
    slotsOfTickets: (siteId: string, issueIds: readonly string[]): Promise<SlotOfRun[]> =>
      inSteps([...new Set(issueIds)], db.batch.places, (ids) =>
        db.scan(sql<SlotOfRun>(OF_TICKETS, { siteId, ids })),
      ),

    /**
     * Writes that these slots are about to be sent, before they are. Returns those that were still planned: only they may
     * be sent. Two processes that ask for one slot at the same time: one gets it. Of a run that is not `running` none is
     * claimed: once another process has brought it to rest, which waits for claims under way and sees what they claimed,
     * nobody who had lost it sends anything more.
     */
    claimSlots: (
      siteId: string,
      runId: string,
      slots: readonly number[],
      sentAtMs: number,
    ): Promise<number[]> => db.write((tx) => claim(tx, { siteId, runId }, slots, sentAtMs)),

    /**
     * Of a run whose store was found to be restored from a backup: takes the planned slots that may have been sent by then for sent,
     * so that they are looked for in Jira. `nowMs` is the site's time. Until this was called no slot of such a run is claimed.
     */
    doubtLostSlots: (siteId: string, runId: string, nowMs: number): Promise<void> =>
      db.write((tx) => doubtLost(tx, { siteId, runId }, nowMs)),

    /** Tickets of these slots were deleted from Jira by a clean-up. What was removed before stays so since then. */
    markRemoved: (siteId: string, runId: string, slots: readonly number[], atMs: number): Promise<void> =>
      db.write(function* (tx) {
        const ofRun = { siteId, runId }
        tx.send(lockSlots(ofRun, slots))
        const [marked] = yield* rows(sql(MARK_REMOVED, { ...ofRun, slots, atMs }))
        notifyIf(marked.length > 0, tx, siteId, 'ledger')
      }),
  }
}

function* doubtLost(tx: Tx, ofRun: RunName, nowMs: number): Steps<void> {
  const [[restored]] = yield* rows(sql<{ agoMs: number }>(RESTORED, ofRun))
  notifyIf(restored !== undefined, tx, ofRun.siteId, 'ledger')
  if (restored === undefined) return
  // A site's clock may have run fast since, never slow: so late it was then at the most.
  const untilMs = nowMs - restored.agoMs + CLOCK_SLACK_MS
  tx.send(sql(DOUBT, { ...ofRun, untilMs, reason: LOST_SENDING }), sql(DOUBTED, ofRun))
}

/** What runs have planned to show in the chart, and what it shows of one. */
export function createPlanned(db: Database) {
  return {
    /**
     * How many tickets of all the site's runs were planned for a span, of those that are counted, by its buckets in
     * order; empty ones are not among them. What a run that was stopped had left does not come, and is left out. Read in
     * steps.
     */
    async plannedCounts(asked: CountsQuery): Promise<PlannedCount[]> {
      const { siteId } = asked
      const cells = await readPlanned(db, asked)
      const runIds = [...new Set(cells.map(({ runId }) => runId))]
      const runs = await inSteps(runIds, db.batch.places, (some) =>
        db.query(sql<{ runId: string; state: RunState }>(RUN_STATES, { siteId, runIds: some })),
      )
      const states = new Map(runs.map(({ runId, state }) => [runId, state]))
      const coming = cells.map(({ runId, startMinute, planned, open }) => {
        const state = states.get(runId)
        return {
          startMinute,
          planned: state === undefined ? 0 : state === 'stopped' ? planned - open : planned,
        }
      })
      return sumsByBucket(coming, asked.startMinutes)
    },

    /** Of a run's tickets: how many were planned to be counted, and how many are counted now. Read in steps. */
    async chartedOfRun(
      ofRun: RunName,
      scope: CountsScope,
    ): Promise<{ readonly planned: number; readonly charted: number }> {
      const given = { ...ofRun, ...scopeParams(ofRun.siteId, scope) }
      const batch = db.isInline ? CHARTED_BATCH : Number.MAX_SAFE_INTEGER
      const sum = { planned: 0, charted: 0 }
      for (let after = Number.MIN_SAFE_INTEGER; ;) {
        const [step] = await db.scan(sql<ChartedStep>(CHARTED, { ...given, after, batch }))
        if (step === undefined) return sum
        sum.planned += step.planned
        sum.charted += step.charted
        if (step.slots < batch) return sum
        after = step.lastSlot
        await setImmediate()
      }
    },
  }
}

interface ChartedStep {
  readonly lastSlot: number
  readonly slots: number
  readonly planned: number
  readonly charted: number
}

/** In a file as many slots at a time as keep nobody waiting, on a server all at once. */
async function readPlanned(db: Database, asked: CountsQuery): Promise<PlannedCell[]> {
  const { siteId, fromMinute, toMinute } = asked
  // Those of a calendar are made of minutes.
  const bucketMinutes = asked.startMinutes === undefined ? asked.bucketMinutes : 1
  const given = { ...scopeParams(siteId, asked), fromMinute, bucketMinutes }
  const endMs = startOfMinute(toMinute)
  const cells: PlannedCell[] = []
  for (let fromMs = startOfMinute(fromMinute); fromMs < endMs;) {
    const toMs = db.isInline ? await stepEnd(db, { siteId, fromMs, toMs: endMs }) : endMs
    cells.push(...(await db.scan(sql<PlannedCell>(PLANNED_COUNTS, { ...given, fromMs, toMs }))))
    fromMs = toMs
    if (fromMs < endMs) await setImmediate()
  }
  return cells
}

/** In the order of their beginnings: their own, or those of a calendar. */
function sumsByBucket(cells: readonly PlannedCount[], starts?: readonly Minute[]): PlannedCount[] {
  const sums = new Map<Minute, number>()
  let bucket = 0
  for (const { startMinute: minute, planned } of cells.toSorted((a, b) => a.startMinute - b.startMinute)) {
    while ((starts?.[bucket + 1] ?? Infinity) <= minute) bucket += 1
    const start = starts?.[bucket] ?? minute
    if (planned > 0) sums.set(start, (sums.get(start) ?? 0) + planned)
  }
  return [...sums].map(([startMinute, planned]) => ({ startMinute, planned }))
}

/** What is planned for one moment is counted at once. */
async function stepEnd(
  db: Database,
  span: { siteId: string; fromMs: number; toMs: number },
): Promise<number> {
  const [next] = await db.query(sql<{ atMs: number }>(STEP_END, { ...span, batch: COUNT_BATCH }))
  return next === undefined ? span.toMs : Math.max(next.atMs, span.fromMs + 1)
}

/** The numbers of those that it claims. */
function* claim(tx: Tx, ofRun: RunName, slots: readonly number[], sentAtMs: number): Steps<number[]> {
  tx.send(lockRun(ofRun), lockSlots(ofRun, slots))
  const [changed] = yield* rows(sql<{ slot: number }>(CLAIM, { ...ofRun, slots, sentAtMs }))
  notifyIf(changed.length > 0, tx, ofRun.siteId, 'ledger')
  const claimed = new Set(changed.map((row) => row.slot))
  return slots.filter((slot) => claimed.has(slot))
}
