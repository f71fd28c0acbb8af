import { SLOT, SLOT_OF_RUN } from '../columns.ts'
import type { Slot, SlotOfRun } from '../ledger.ts'
import { allInSteps, inSteps } from '../steps.ts'
import { arrayOf } from './arrays.ts'
import type { Connection } from './connection.ts'

/** So many slots are read in one statement: as many rows are parsed without letting the event loop go on. */
const SLOTS_A_READ = 2_000
const TICKETS_A_READ = 2_000

/** See `LedgerStore.slots`. */
export function slots(db: Connection, siteId: string, runId: string): Promise<Slot[]> {
  return allInSteps<Slot>(SLOTS_A_READ, (last) =>
    db.scan(
      `SELECT ${SLOT} FROM slots WHERE site_id = $1 AND run_id = $2 AND slot > $3
       ORDER BY slot LIMIT ${SLOTS_A_READ}`,
      [siteId, runId, last?.slot ?? Number.MIN_SAFE_INTEGER],
    ),
  )
}

/** See `LedgerStore.slotsPlanned`. */
export function slotsPlanned(
  db: Connection,
  siteId: string,
  fromMs: number,
  toMs: number,
): Promise<SlotOfRun[]> {
  return allInSteps<SlotOfRun>(SLOTS_A_READ, (last) =>
    db.scan(
      `SELECT ${SLOT_OF_RUN} FROM slots
       WHERE site_id = $1 AND (planned_ms, run_id, slot) > ($2, $3, $4) AND planned_ms < $5
       ORDER BY planned_ms, run_id, slot LIMIT ${SLOTS_A_READ}`,
      [siteId, last?.plannedMs ?? fromMs, last?.runId ?? '', last?.slot ?? 0, toMs],
    ),
  )
}

/** See `LedgerStore.slotsOfTickets`. Each of them is one seek, whatever the server believes of how many slots there are. */
export function slotsOfTickets(
  db: Connection,
  siteId: string,
  issueIds: readonly string[],
): Promise<SlotOfRun[]> {
  return inSteps([...new Set(issueIds)], TICKETS_A_READ, (some) =>
    db.scan<SlotOfRun>(
      `SELECT ${SLOT_OF_RUN} FROM unnest($2::text[]) AS wanted (wanted_id)
       CROSS JOIN LATERAL (SELECT * FROM slots WHERE site_id = $1 AND issue_id = wanted_id OFFSET 0) AS found`,
      [siteId, arrayOf(some)],
    ),
  )
}
