import { storableText } from '../storable-text.ts'
import type { RunCounts, Slot, SlotOutcome, SlotState } from '../store.ts'
import type { Connection, WriteTransaction } from './connection.ts'

const OF_RUN = 'site_id = $1 AND run_id = $2'

/** See `Store.slots`: in the order of their numbers. */
export function slots(db: Connection, siteId: string, runId: string): Promise<Slot[]> {
  return db.query<Slot>(
    `SELECT slot, planned_ms AS "plannedMs", priority_id AS "priorityId", state, sent_ms AS "sentAtMs",
       answered_ms AS "answeredAtMs", lateness_ms AS "latenessMs", issue_id AS "issueId",
       issue_key AS "issueKey", reason
     FROM slots WHERE ${OF_RUN} ORDER BY slot`,
    [siteId, runId],
  )
}

/**
 * Waits for whoever is about to commit something of these slots, also where that makes them such as are meant here: a
 * claim whose answer was lost may still be on its way when it is given back. All take them in the same order.
 */
function lockSlots(
  tx: WriteTransaction,
  siteId: string,
  runId: string,
  slotNumbers: readonly number[],
): void {
  void tx.query(`SELECT FROM slots WHERE ${OF_RUN} AND slot = ANY($3::bigint[]) ORDER BY slot FOR UPDATE`, [
    siteId,
    runId,
    slotNumbers,
  ])
}

/** See `Store.claimSlots`. Two processes that ask for one slot at the same time: one gets it. */
export function claimSlots(
  db: Connection,
  siteId: string,
  runId: string,
  slotNumbers: readonly number[],
  sentAtMs: number,
): Promise<number[]> {
  return db.write(async (tx) => {
    lockSlots(tx, siteId, runId, slotNumbers)
    const rows = await tx.query<{ slot: number }>(
      `UPDATE slots SET state = 'sent', sent_ms = $4
       WHERE ${OF_RUN} AND slot = ANY($3::bigint[]) AND state = 'planned'
       RETURNING slot`,
      [siteId, runId, slotNumbers, sentAtMs],
    )
    if (rows.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
    const claimed = new Set(rows.map((row) => row.slot))
    return slotNumbers.filter((slot) => claimed.has(slot))
  })
}

/** See `Store.recordSlots`. */
export function recordSlots(
  db: Connection,
  siteId: string,
  runId: string,
  outcomes: readonly SlotOutcome[],
): Promise<void> {
  return db.write(async (tx) => {
    const slotNumbers = outcomes.map((one) => one.slot)
    lockSlots(tx, siteId, runId, slotNumbers)
    const recorded = await tx.query(RECORD, [
      siteId,
      runId,
      slotNumbers,
      outcomes.map((one) => one.state),
      outcomes.map((one) => one.sentAtMs ?? null),
      outcomes.map((one) => one.answeredAtMs),
      outcomes.map((one) => one.latenessMs),
      outcomes.map((one) => one.issueId),
      outcomes.map((one) => one.issueKey),
      outcomes.map((one) => (one.reason === null ? null : storableText(one.reason))),
    ])
    if (recorded.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
  })
}

// Of two outcomes of one slot the later one stands, but for a created one. A slot that is planned again was not sent.
const RECORD = `
  UPDATE slots SET state = outcome.state,
    sent_ms = CASE WHEN outcome.state = 'planned' THEN NULL ELSE slots.sent_ms END,
    answered_ms = outcome.answered_ms, lateness_ms = outcome.lateness_ms, issue_id = outcome.issue_id,
    issue_key = outcome.issue_key, reason = outcome.reason
  FROM (
    SELECT DISTINCT ON (slot) *
    FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::double precision[], $8::text[], $9::text[],
      $10::text[]) WITH ORDINALITY
      AS given (slot, state, sent_ms, answered_ms, lateness_ms, issue_id, issue_key, reason, place)
    ORDER BY slot, state = 'created' DESC, place DESC
  ) AS outcome
  WHERE ${OF_RUN} AND slots.slot = outcome.slot AND CASE outcome.state
    WHEN 'planned' THEN slots.state = 'sent' AND slots.sent_ms = outcome.sent_ms ELSE slots.state <> 'created' END
  RETURNING 1`

/** See `Store.runCounts`. */
export function runCounts(db: Connection, siteId: string, runId: string): Promise<RunCounts> {
  return db.read(async (tx) => {
    const [states, latest] = await Promise.all([
      tx.query<{ state: SlotState; slots: number }>(
        `SELECT state, COUNT(*) AS slots FROM slots WHERE ${OF_RUN} GROUP BY state`,
        [siteId, runId],
      ),
      tx.query<{ latenessMs: number }>(LATENESS_P95, [siteId, runId]),
    ])
    const inState = (state: SlotState): number => states.find((row) => row.state === state)?.slots ?? 0
    return {
      created: inState('created'),
      failed: inState('failed'),
      unknown: inState('unknown'),
      open: inState('planned') + inState('sent'),
      latenessP95Ms: latest[0]?.latenessMs ?? null,
    }
  })
}

/** The lateness (real ms) that 95 of 100 slots keep within; none before the first. Read from the late end: it is nearer. */
const LATENESS_P95 = `
  SELECT lateness_ms AS "latenessMs" FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL
  ORDER BY lateness_ms DESC LIMIT 1
  OFFSET (SELECT COUNT(lateness_ms) / 20 FROM slots WHERE ${OF_RUN} AND lateness_ms IS NOT NULL)`
