import type { RunCounts, Slot, SlotOutcome, SlotState } from '../store.ts'
import type { Connection } from './connection.ts'

const OF_RUN = 'site_id = ? AND run_id = ?'

/** See `Store.slots`: in the order of their numbers. */
export function slots(db: Connection, siteId: string, runId: string): Promise<Slot[]> {
  return db.read(() =>
    db
      .statement<Slot>(
        `SELECT slot, planned_ms AS plannedMs, priority_id AS priorityId, state, sent_ms AS sentAtMs,
           answered_ms AS answeredAtMs, lateness_ms AS latenessMs, issue_id AS issueId, issue_key AS issueKey, reason
         FROM slots WHERE ${OF_RUN} ORDER BY slot`,
      )
      .all(siteId, runId),
  )
}

/** See `Store.claimSlots`. Two processes that ask for one slot at the same time: one gets it. */
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
    return slotNumbers.filter((slot) => claim.run(sentAtMs, siteId, runId, slot).changes === 1)
  })
}

/** See `Store.recordSlots`. */
export function recordSlots(
  db: Connection,
  siteId: string,
  runId: string,
  outcomes: readonly SlotOutcome[],
): Promise<void> {
  return db.write(() => {
    const record = db.statement(
      `UPDATE slots SET state = ?, answered_ms = ?, lateness_ms = ?, issue_id = ?, issue_key = ?, reason = ?
       WHERE ${OF_RUN} AND slot = ? AND state <> 'created'`,
    )
    // A slot that is planned again has not been sent.
    const giveBack = db.statement(
      `UPDATE slots SET state = 'planned', sent_ms = NULL, answered_ms = ?, reason = ?
       WHERE ${OF_RUN} AND slot = ? AND state = 'sent' AND sent_ms = ?`,
    )
    for (const outcome of outcomes) {
      const { state, sentAtMs, answeredAtMs, latenessMs, issueId, issueKey, reason, slot } = outcome
      if (state === 'planned') giveBack.run(answeredAtMs, reason, siteId, runId, slot, sentAtMs ?? null)
      else record.run(state, answeredAtMs, latenessMs, issueId, issueKey, reason, siteId, runId, slot)
    }
  })
}

/** See `Store.runCounts`. */
export function runCounts(db: Connection, siteId: string, runId: string): Promise<RunCounts> {
  return db.read(() => {
    const rows = db
      .statement<{ state: SlotState; slots: number }>(
        `SELECT state, COUNT(*) AS slots FROM slots WHERE ${OF_RUN} GROUP BY state`,
      )
      .all(siteId, runId)
    const inState = (state: SlotState): number => rows.find((row) => row.state === state)?.slots ?? 0
    return {
      created: inState('created'),
      failed: inState('failed'),
      unknown: inState('unknown'),
      open: inState('planned') + inState('sent'),
      latenessP95Ms: latenessP95(db, siteId, runId),
    }
  })
}

/** The lateness (real ms) that 95 of 100 slots keep within; null before the first. Read from the late end: it is nearer. */
function latenessP95(db: Connection, siteId: string, runId: string): number | null {
  const known = db
    .statement<{ slots: number }>(
      `SELECT COUNT(lateness_ms) AS slots FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL`,
    )
    .get(siteId, runId)
  const row = db
    .statement<{ latenessMs: number }>(
      `SELECT lateness_ms AS latenessMs FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL
       ORDER BY lateness_ms DESC LIMIT 1 OFFSET ?`,
    )
    .get(siteId, runId, Math.floor((known?.slots ?? 0) * 0.05))
  return row?.latenessMs ?? null
}
