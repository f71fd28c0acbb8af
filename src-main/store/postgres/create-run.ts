import { otherRun } from '../errors.ts'
import type { NewRun } from '../ledger.ts'
import { inSteps } from '../steps.ts'
import { columnsOf } from './connection/values.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { WriteTransaction } from './connection/connection.ts'

/** How many slots are sent in one statement. */
const SLOT_BATCH = 5_000

const ADD_SLOTS = `
  INSERT INTO slots (site_id, run_id, state, slot, planned_ms, priority_id, project_key, issue_type_id)
  SELECT $1, $2, 'planned', * FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])`

/**
 * All steps are of one transaction, so nobody meets a run that is half made, nor what a crash left of it. The same run
 * may be given again, by a caller that got no answer the first time.
 */
export const createRun: PostgresMethod<'createRun'> = (db, newRun, slots) =>
  db.write(async (tx) => {
    const { siteId, runId } = newRun
    if (!(await addRun(tx, newRun))) return tx.discard()
    tx.notify(siteId, 'ledger')
    await inSteps(slots, SLOT_BATCH, (some) => {
      const columns = columnsOf(some, ['slot', 'plannedMs', 'priorityId', 'projectKey', 'issueTypeId'])
      return tx.query<never>(ADD_SLOTS, [siteId, runId, ...columns])
    })
  })

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
  const same = 'SELECT 1 FROM runs WHERE site_id = $1 AND run_id = $2 AND seed = $3 AND created_ms = $4'
  if ((await tx.query(same, [siteId, runId, seed, createdAtMs])).length === 0) throw otherRun(runId)
  return false
}
