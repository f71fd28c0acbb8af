import { SLOT, SLOT_OF_RUN } from '../rows.ts'
import type { ResumedRun, Slot, SlotOfRun, SlotOutcome } from '../ledger.ts'
import { allInSteps, inSteps, rowsInSteps } from '../steps.ts'
import { storableText } from '../storable-text.ts'
import type { SqliteDb } from './connection.ts'

/** So many slots are read without letting the event loop go on. */
const SLOT_BATCH = 1_000
/** So many tickets are looked for without letting the event loop go on, each at a place of its own. */
const TICKET_BATCH = 500
const OF_RUN = 'site_id = ? AND run_id = ?'

/** See `LedgerStore.claimSlots`. Two processes that ask for one slot at the same time: one gets it; of a run at rest none. */
export function claimSlots(
  db: SqliteDb,
  siteId: string,
  runId: string,
  slotNumbers: readonly number[],
  sentAtMs: number,
): Promise<number[]> {
  return db.write(() => {
    const claim = db.statement(
      `UPDATE slots SET state = 'sent', sent_ms = ? WHERE ${OF_RUN} AND slot = ? AND state = 'planned'`,
    )
    const running = db.statement(`SELECT 1 FROM runs WHERE ${OF_RUN} AND state = 'running'`)
    if (running.get(siteId, runId) === undefined) return []
    return slotNumbers.filter((slot) => claim.run(sentAtMs, siteId, runId, slot).changes === 1)
  })
}

/** See `LedgerStore.recordSlots`. */
export function recordSlots(
  db: SqliteDb,
  siteId: string,
  runId: string,
  outcomes: readonly SlotOutcome[],
): Promise<void> {
  return db.write(() => {
    const record = db.statement(
      `UPDATE slots SET state = ?, answered_ms = ?, lateness_ms = ?, issue_id = ?, issue_key = ?, reason = ?,
         sent_ms = coalesce(?, sent_ms)
       WHERE ${OF_RUN} AND slot = ? AND state <> 'created'`,
    )
    // A slot that is planned again has not been sent.
    const giveBack = db.statement(
      `UPDATE slots SET state = ?, answered_ms = ?, lateness_ms = ?, issue_id = ?, issue_key = ?, reason = ?,
         sent_ms = NULL
       WHERE ${OF_RUN} AND slot = ? AND state IN ('sent', 'unknown') AND sent_ms = ?`,
    )
    for (const outcome of outcomes) {
      const { state, sentAtMs, answeredAtMs, latenessMs, issueId, issueKey, reason, slot } = outcome
      const said = reason === null ? null : storableText(reason)
      const values = [state, answeredAtMs, latenessMs, issueId, issueKey, said]
      const ofSlot = [siteId, runId, slot]
      if (state === 'planned') giveBack.run(...values, ...ofSlot, sentAtMs ?? null)
      else record.run(...values, sentAtMs ?? null, ...ofSlot)
    }
  })
}

/** Those that are still planned shall not be made. Inside `write`. */
export function skipSlots(
  db: SqliteDb,
  siteId: string,
  runId: string,
  skipped: NonNullable<ResumedRun['skipped']>,
): void {
  const skip = db.statement(
    `UPDATE slots SET state = 'skipped', reason = ? WHERE ${OF_RUN} AND slot = ? AND state = 'planned'`,
  )
  for (const slot of skipped.slots) skip.run(storableText(skipped.reason), siteId, runId, slot)
}

/** See `LedgerStore.markRemoved`. What was removed before stays so since then. */
export function markRemoved(
  db: SqliteDb,
  siteId: string,
  runId: string,
  slotNumbers: readonly number[],
  atMs: number,
): Promise<void> {
  return db.write(() => {
    const mark = db.statement(
      `UPDATE slots SET removed_ms = ? WHERE ${OF_RUN} AND slot = ? AND removed_ms IS NULL`,
    )
    for (const slot of slotNumbers) mark.run(atMs, siteId, runId, slot)
  })
}

/** See `LedgerStore.slots`. Those of a run that is not there are what a crash left of its making. */
export function slots(db: SqliteDb, siteId: string, runId: string): Promise<Slot[]> {
  return allInSteps<Slot>(SLOT_BATCH, (last) =>
    db.read(() =>
      db
        .statement<Slot>(
          `SELECT ${SLOT} FROM slots WHERE site_id = @siteId AND run_id = @runId AND slot > @after
             AND EXISTS (SELECT 1 FROM runs WHERE site_id = @siteId AND run_id = @runId)
           ORDER BY slot LIMIT ${SLOT_BATCH}`,
        )
        .all({ siteId, runId, after: last?.slot ?? Number.MIN_SAFE_INTEGER }),
    ),
  )
}

/** See `LedgerStore.slotsPlanned`. Slots of runs that are not there are read, too: how many are read is what a step costs. */
export async function slotsPlanned(
  db: SqliteDb,
  siteId: string,
  fromMs: number,
  toMs: number,
): Promise<SlotOfRun[]> {
  const found: SlotOfRun[] = []
  const steps = rowsInSteps<PlannedRow>(SLOT_BATCH, (last) =>
    db.read(() =>
      db
        .statement<PlannedRow>(
          `SELECT ${SLOT_OF_RUN}, EXISTS (
             SELECT 1 FROM runs WHERE site_id = slots.site_id AND run_id = slots.run_id
           ) AS isThere
           FROM slots
           WHERE site_id = @siteId AND (planned_ms, run_id, slot) > (@plannedMs, @runId, @slot) AND planned_ms < @toMs
           ORDER BY planned_ms, run_id, slot LIMIT ${SLOT_BATCH}`,
        )
        .all({ siteId, toMs, plannedMs: fromMs, runId: '', slot: 0, ...placeOf(last) }),
    ),
  )
  for await (const rows of steps) {
    for (const { isThere, ...slot } of rows) if (isThere === 1) found.push(slot)
  }
  return found
}

type PlannedRow = SlotOfRun & { readonly isThere: 0 | 1 }

function placeOf(row: PlannedRow | null): Partial<Pick<PlannedRow, 'plannedMs' | 'runId' | 'slot'>> {
  return row === null ? {} : { plannedMs: row.plannedMs, runId: row.runId, slot: row.slot }
}

/** See `LedgerStore.slotsOfTickets`. */
export function slotsOfTickets(
  db: SqliteDb,
  siteId: string,
  issueIds: readonly string[],
): Promise<SlotOfRun[]> {
  return inSteps([...new Set(issueIds)], TICKET_BATCH, (some) =>
    db.read(() =>
      db
        .statement<SlotOfRun>(
          `SELECT ${SLOT_OF_RUN} FROM slots
           WHERE site_id = ? AND issue_id IN (SELECT value FROM json_each(?))`,
        )
        .all(siteId, JSON.stringify(some)),
    ),
  )
}
