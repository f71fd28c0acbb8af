import { SLOT, SLOT_OF_RUN } from '../rows.ts'
import type { ResumedRun, Slot, SlotOfRun, SlotOutcome } from '../ledger.ts'
import { allInSteps, inSteps } from '../steps.ts'
import { storableText } from '../storable-text.ts'
import { arrayOf } from './connection/values.ts'
import type { PostgresDb, WriteTransaction } from './connection/connection.ts'

/** So many slots are read in one statement: as many rows are parsed without letting the event loop go on. */
const SLOT_BATCH = 2_000
const TICKET_BATCH = 2_000
const OF_RUN = 'site_id = $1 AND run_id = $2'

/**
 * The slots of the numbers $3: each of them one seek in the primary key, whatever the server believes of how many there
 * are. To be changed, they are named by their places, which stay while they are locked.
 */
const BY_NUMBERS = `unnest($3::bigint[]) AS wanted (number)
  CROSS JOIN LATERAL (SELECT ctid AS place, * FROM slots WHERE ${OF_RUN} AND slot = wanted.number LIMIT 1) AS found`

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
  void tx.query(
    `SELECT FROM unnest($3::bigint[]) AS wanted (number)
     CROSS JOIN LATERAL (SELECT FROM slots WHERE ${OF_RUN} AND slot = wanted.number LIMIT 1 FOR UPDATE) AS found`,
    [siteId, runId, slotNumbers.toSorted((a, b) => a - b)],
  )
}

/**
 * See `LedgerStore.claimSlots`. Two processes that ask for one slot at the same time: one gets it; of a run at rest none.
 * Whoever brings a run to rest waits for claims under way, and sees what they claimed.
 */
export function claimSlots(
  db: PostgresDb,
  siteId: string,
  runId: string,
  slotNumbers: readonly number[],
  sentAtMs: number,
): Promise<number[]> {
  return db.write(async (tx) => {
    void tx.query(`SELECT FROM runs WHERE ${OF_RUN} FOR SHARE`, [siteId, runId])
    lockSlots(tx, siteId, runId, slotNumbers)
    const rows = await tx.query<{ slot: number }>(
      `UPDATE slots SET state = 'sent', sent_ms = $4
       WHERE ctid = ANY(ARRAY(SELECT place FROM ${BY_NUMBERS} WHERE state = 'planned'))
         AND EXISTS (SELECT FROM runs WHERE ${OF_RUN} AND state = 'running')
       RETURNING slot`,
      [siteId, runId, slotNumbers, sentAtMs],
    )
    if (rows.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
    const claimed = new Set(rows.map((row) => row.slot))
    return slotNumbers.filter((slot) => claimed.has(slot))
  })
}

/** See `LedgerStore.recordSlots`. */
export function recordSlots(
  db: PostgresDb,
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
    sent_ms = CASE WHEN outcome.state = 'planned' THEN NULL ELSE coalesce(outcome.sent_ms, slots.sent_ms) END,
    answered_ms = outcome.answered_ms, lateness_ms = outcome.lateness_ms, issue_id = outcome.issue_id,
    issue_key = outcome.issue_key, reason = outcome.reason
  FROM (
    SELECT DISTINCT ON (slot) *
    FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::double precision[], $8::text[], $9::text[],
      $10::text[]) WITH ORDINALITY
      AS given (slot, state, sent_ms, answered_ms, lateness_ms, issue_id, issue_key, reason, place)
    ORDER BY slot, state = 'created' DESC, place DESC
  ) AS outcome
  CROSS JOIN LATERAL (
    SELECT ctid AS place FROM slots AS known WHERE ${OF_RUN} AND known.slot = outcome.slot LIMIT 1
  ) AS found
  WHERE slots.ctid = found.place AND CASE outcome.state
    WHEN 'planned' THEN slots.state IN ('sent', 'unknown') AND slots.sent_ms = outcome.sent_ms ELSE slots.state <> 'created' END
  RETURNING 1`

/** Those that are still planned shall not be made. */
export function skipSlots(
  tx: WriteTransaction,
  siteId: string,
  runId: string,
  skipped: NonNullable<ResumedRun['skipped']>,
): void {
  lockSlots(tx, siteId, runId, skipped.slots)
  void tx.query(
    `UPDATE slots SET state = 'skipped', reason = $4
     WHERE ctid = ANY(ARRAY(SELECT place FROM ${BY_NUMBERS} WHERE state = 'planned'))`,
    [siteId, runId, skipped.slots, storableText(skipped.reason)],
  )
}

/** See `LedgerStore.markRemoved`. What was removed before stays so since then. */
export function markRemoved(
  db: PostgresDb,
  siteId: string,
  runId: string,
  slotNumbers: readonly number[],
  atMs: number,
): Promise<void> {
  return db.write(async (tx) => {
    lockSlots(tx, siteId, runId, slotNumbers)
    const marked = await tx.query(
      `UPDATE slots SET removed_ms = $4
       WHERE ctid = ANY(ARRAY(SELECT place FROM ${BY_NUMBERS} WHERE removed_ms IS NULL))
       RETURNING 1`,
      [siteId, runId, slotNumbers, atMs],
    )
    if (marked.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
  })
}

/** See `LedgerStore.slots`. */
export function slots(db: PostgresDb, siteId: string, runId: string): Promise<Slot[]> {
  return allInSteps<Slot>(SLOT_BATCH, (last) =>
    db.scan(
      `SELECT ${SLOT} FROM slots WHERE site_id = $1 AND run_id = $2 AND slot > $3
       ORDER BY slot LIMIT ${SLOT_BATCH}`,
      [siteId, runId, last?.slot ?? Number.MIN_SAFE_INTEGER],
    ),
  )
}

/** See `LedgerStore.slotsPlanned`. */
export function slotsPlanned(
  db: PostgresDb,
  siteId: string,
  fromMs: number,
  toMs: number,
): Promise<SlotOfRun[]> {
  return allInSteps<SlotOfRun>(SLOT_BATCH, (last) =>
    db.scan(
      `SELECT ${SLOT_OF_RUN} FROM slots
       WHERE site_id = $1 AND (planned_ms, run_id, slot) > ($2, $3, $4) AND planned_ms < $5
       ORDER BY planned_ms, run_id, slot LIMIT ${SLOT_BATCH}`,
      [siteId, last?.plannedMs ?? fromMs, last?.runId ?? '', last?.slot ?? 0, toMs],
    ),
  )
}

/** See `LedgerStore.slotsOfTickets`. Each of them is one seek, whatever the server believes of how many slots there are. */
export function slotsOfTickets(
  db: PostgresDb,
  siteId: string,
  issueIds: readonly string[],
): Promise<SlotOfRun[]> {
  return inSteps([...new Set(issueIds)], TICKET_BATCH, (some) =>
    db.scan<SlotOfRun>(
      `SELECT ${SLOT_OF_RUN} FROM unnest($2::text[]) AS wanted (wanted_id)
       CROSS JOIN LATERAL (SELECT * FROM slots WHERE site_id = $1 AND issue_id = wanted_id OFFSET 0) AS found`,
      [siteId, arrayOf(some)],
    ),
  )
}
