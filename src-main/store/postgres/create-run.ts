import { otherRun } from '../errors.ts'
import type { NewRun, NewSlot } from '../ledger.ts'
import { inSteps } from '../steps.ts'
import { columnsOf } from './connection/values.ts'
import type { PostgresDb, WriteTransaction } from './connection/connection.ts'

/** So many slots are sent in one statement. */
const SLOT_BATCH = 5_000

/**
 * See `LedgerStore.createRun`. All steps are of one transaction, so nobody meets a run that is half made, nor what a crash
 * left of it. The same run may be given again, by a caller who never heard that it was stored.
 */
export function createRun(db: PostgresDb, newRun: NewRun, slots: readonly NewSlot[]): Promise<void> {
  return db.write(async (tx) => {
    if (!(await addRun(tx, newRun))) return tx.discard()
    tx.notify(newRun.siteId, 'ledger')
    await inSteps(slots, SLOT_BATCH, (some) => addSlots(tx, newRun, some))
  })
}

/** False where it is there already. Waits for one that is about to be committed: the first try's, whose answer was lost. */
async function addRun(tx: WriteTransaction, newRun: NewRun): Promise<boolean> {
  const { siteId, runId, projectKey, seed, planned, startMs, endMs, rate, profile, state, createdAtMs } =
    newRun
  const made = await tx.query(
    `INSERT INTO runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, profile, state,
       created_ms, state_since_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
     ON CONFLICT (site_id, run_id) DO NOTHING RETURNING 1`,
    [siteId, runId, projectKey, seed, planned, startMs, endMs, rate, profile, state, createdAtMs],
  )
  if (made.length > 0) return true
  const same = await tx.query(
    'SELECT 1 FROM runs WHERE site_id = $1 AND run_id = $2 AND seed = $3 AND created_ms = $4',
    [siteId, runId, seed, createdAtMs],
  )
  if (same.length === 0) throw otherRun(runId)
  return false
}

function addSlots(
  tx: WriteTransaction,
  { siteId, runId }: NewRun,
  slots: readonly NewSlot[],
): Promise<never[]> {
  return tx.query(
    `INSERT INTO slots (site_id, run_id, state, slot, planned_ms, priority_id, project_key, issue_type_id)
     SELECT $1, $2, 'planned', * FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])`,
    [siteId, runId, ...columnsOf(slots, ['slot', 'plannedMs', 'priorityId', 'projectKey', 'issueTypeId'])],
  )
}
