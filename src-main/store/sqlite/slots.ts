import type { ResumedRun, SlotOutcome } from '../ledger.ts'
import { storableText } from '../storable-text.ts'
import type { Connection } from './connection.ts'

const OF_RUN = 'site_id = ? AND run_id = ?'

/** See `LedgerStore.claimSlots`. Two processes that ask for one slot at the same time: one gets it; of a run at rest none. */
export function claimSlots(
  db: Connection,
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
  db: Connection,
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
  db: Connection,
  siteId: string,
  runId: string,
  { slots, reason }: NonNullable<ResumedRun['skipped']>,
): void {
  const skip = db.statement(
    `UPDATE slots SET state = 'skipped', reason = ? WHERE ${OF_RUN} AND slot = ? AND state = 'planned'`,
  )
  for (const slot of slots) skip.run(storableText(reason), siteId, runId, slot)
}

/** See `LedgerStore.markRemoved`. What was removed before stays so since then. */
export function markRemoved(
  db: Connection,
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
