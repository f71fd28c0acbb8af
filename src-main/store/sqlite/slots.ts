import { SLOT, SLOT_OF_RUN } from '../rows.ts'
import type { SkippedSlots, Slot, SlotOfRun } from '../ledger.ts'
import { allInSteps, inSteps, rowsInSteps } from '../steps.ts'
import { storable } from '../storable-text.ts'
import { query, type SqliteDb, type SqliteMethod } from './connection.ts'

/** How many slots are read without letting the event loop go on. */
const SLOT_BATCH = 1_000
/** How many tickets are looked for without letting the event loop go on, each at a place of its own. */
const TICKET_BATCH = 500
const OF_RUN = 'site_id = ? AND run_id = ?'

/** Two processes that ask for one slot at the same time: one gets it; of a run at rest none. */
export const claimSlots: SqliteMethod<'claimSlots'> = (db, siteId, runId, slotNumbers, sentAtMs) =>
  db.write(() => {
    const claim = db.statement(
      `UPDATE slots SET state = 'sent', sent_ms = ? WHERE ${OF_RUN} AND slot = ? AND state = 'planned'`,
    )
    const running = db.statement(`SELECT 1 FROM runs WHERE ${OF_RUN} AND state = 'running'`)
    if (running.get(siteId, runId) === undefined) return []
    return slotNumbers.filter((slot) => claim.run(sentAtMs, siteId, runId, slot).changes === 1)
  })

const RECORD = `
  UPDATE slots SET state = @state, answered_ms = @answeredAtMs, lateness_ms = @latenessMs, issue_id = @issueId,
    issue_key = @issueKey, reason = @reason`
const OF_SLOT = 'WHERE site_id = @siteId AND run_id = @runId AND slot = @slot'
const RECORD_ATTEMPT = `${RECORD}, sent_ms = coalesce(@sentAtMs, sent_ms) ${OF_SLOT} AND state <> 'created'`
/** A slot that is planned again has not been sent. */
const GIVE_BACK = `
  ${RECORD}, sent_ms = NULL ${OF_SLOT} AND state IN ('sent', 'unknown') AND sent_ms = @sentAtMs`

export const recordSlots: SqliteMethod<'recordSlots'> = (db, siteId, runId, outcomes) =>
  db.write(() => {
    for (const outcome of outcomes) {
      const { state, sentAtMs = null } = outcome
      const record = state === 'planned' ? GIVE_BACK : RECORD_ATTEMPT
      db.statement(record).run({ ...storable(outcome), siteId, runId, sentAtMs })
    }
  })

/** Those that are still planned shall not be made. Inside `write`. */
export function skipSlots(db: SqliteDb, siteId: string, runId: string, skipped: SkippedSlots): void {
  const { slots: numbers, reason } = storable(skipped)
  const skip = db.statement(
    `UPDATE slots SET state = 'skipped', reason = ? WHERE ${OF_RUN} AND slot = ? AND state = 'planned'`,
  )
  for (const slot of numbers) skip.run(reason, siteId, runId, slot)
}

/** What was removed before stays so since then. */
export const markRemoved: SqliteMethod<'markRemoved'> = (db, siteId, runId, slotNumbers, atMs) =>
  db.write(() => {
    const mark = db.statement(
      `UPDATE slots SET removed_ms = ? WHERE ${OF_RUN} AND slot = ? AND removed_ms IS NULL`,
    )
    for (const slot of slotNumbers) mark.run(atMs, siteId, runId, slot)
  })

/** Those of a run that is not there are what a crash left of its making. */
const SLOTS = `
  SELECT ${SLOT} FROM slots WHERE site_id = @siteId AND run_id = @runId AND slot > @after
    AND EXISTS (SELECT 1 FROM runs WHERE site_id = @siteId AND run_id = @runId)
  ORDER BY slot LIMIT ${SLOT_BATCH}`

export const slots: SqliteMethod<'slots'> = (db, siteId, runId) =>
  allInSteps<Slot>(SLOT_BATCH, (last) =>
    query(db, SLOTS, { siteId, runId, after: last?.slot ?? Number.MIN_SAFE_INTEGER }),
  )

type PlannedRow = SlotOfRun & { readonly isThere: 0 | 1 }

const PLANNED = `
  SELECT ${SLOT_OF_RUN}, EXISTS (SELECT 1 FROM runs WHERE site_id = slots.site_id AND run_id = slots.run_id) AS isThere
  FROM slots
  WHERE site_id = @siteId AND (planned_ms, run_id, slot) > (@plannedMs, @runId, @slot) AND planned_ms < @toMs
  ORDER BY planned_ms, run_id, slot LIMIT ${SLOT_BATCH}`

/** Slots of runs that are not there are read, too: how many are read is what a step costs. */
export const slotsPlanned: SqliteMethod<'slotsPlanned'> = async (db, siteId, fromMs, toMs) => {
  const found: SlotOfRun[] = []
  const steps = rowsInSteps<PlannedRow>(SLOT_BATCH, (last) => {
    const { plannedMs, runId, slot } = last ?? { plannedMs: fromMs, runId: '', slot: 0 }
    return query(db, PLANNED, { siteId, toMs, plannedMs, runId, slot })
  })
  for await (const rows of steps) {
    for (const { isThere, ...slot } of rows) if (isThere === 1) found.push(slot)
  }
  return found
}

const OF_TICKETS = `
  SELECT ${SLOT_OF_RUN} FROM slots WHERE site_id = ? AND issue_id IN (SELECT value FROM json_each(?))`

export const slotsOfTickets: SqliteMethod<'slotsOfTickets'> = (db, siteId, issueIds) =>
  inSteps([...new Set(issueIds)], TICKET_BATCH, (some) =>
    query<SlotOfRun>(db, OF_TICKETS, siteId, JSON.stringify(some)),
  )
