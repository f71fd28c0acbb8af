import { SLOT, SLOT_OF_RUN } from '../columns.ts'
import type { Slot, SlotOfRun } from '../ledger.ts'
import { allInSteps, inSteps, rowsInSteps } from '../steps.ts'
import type { Connection } from './connection.ts'

/** So many slots are read without letting the event loop go on. */
const SLOTS_A_READ = 1_000
/** So many tickets are looked for without letting the event loop go on, each at a place of its own. */
const TICKETS_A_READ = 500

/** See `LedgerStore.slots`. Those of a run that is not there are what a crash left of its making. */
export function slots(db: Connection, siteId: string, runId: string): Promise<Slot[]> {
  return allInSteps<Slot>(SLOTS_A_READ, (last) =>
    db.read(() =>
      db
        .statement<Slot>(
          `SELECT ${SLOT} FROM slots WHERE site_id = @siteId AND run_id = @runId AND slot > @after
             AND EXISTS (SELECT 1 FROM runs WHERE site_id = @siteId AND run_id = @runId)
           ORDER BY slot LIMIT ${SLOTS_A_READ}`,
        )
        .all({ siteId, runId, after: last?.slot ?? Number.MIN_SAFE_INTEGER }),
    ),
  )
}

/** See `LedgerStore.slotsPlanned`. Slots of runs that are not there are read, too: how many are read is what a step costs. */
export async function slotsPlanned(
  db: Connection,
  siteId: string,
  fromMs: number,
  toMs: number,
): Promise<SlotOfRun[]> {
  const found: SlotOfRun[] = []
  const steps = rowsInSteps<PlannedRow>(SLOTS_A_READ, (last) =>
    db.read(() =>
      db
        .statement<PlannedRow>(
          `SELECT ${SLOT_OF_RUN}, EXISTS (
             SELECT 1 FROM runs WHERE site_id = slots.site_id AND run_id = slots.run_id
           ) AS isThere
           FROM slots
           WHERE site_id = @siteId AND (planned_ms, run_id, slot) > (@plannedMs, @runId, @slot) AND planned_ms < @toMs
           ORDER BY planned_ms, run_id, slot LIMIT ${SLOTS_A_READ}`,
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
  db: Connection,
  siteId: string,
  issueIds: readonly string[],
): Promise<SlotOfRun[]> {
  return inSteps([...new Set(issueIds)], TICKETS_A_READ, (some) =>
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
