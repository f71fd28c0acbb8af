import { SLOT, SLOT_OF_RUN } from '../rows.ts'
import type { SkippedSlots, Slot, SlotOfRun } from '../ledger.ts'
import { allInSteps, inSteps } from '../steps.ts'
import { storable } from '../storable-text.ts'
import { arrayOf, columnsOf } from './connection/values.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { WriteTransaction } from './connection/connection.ts'

/** How many slots are read in one statement: as many rows are parsed without letting the event loop go on. */
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
 * Waits for a transaction that is about to commit something of these slots, also where that makes them such as are meant here: a
 * claim whose answer was lost may still be on its way when it is given back. All take them in the same order.
 */
function lockSlots(tx: WriteTransaction, siteId: string, runId: string, numbers: readonly number[]): void {
  void tx.query(
    `SELECT FROM unnest($3::bigint[]) AS wanted (number)
     CROSS JOIN LATERAL (SELECT FROM slots WHERE ${OF_RUN} AND slot = wanted.number LIMIT 1 FOR UPDATE) AS found`,
    [siteId, runId, numbers.toSorted((a, b) => a - b)],
  )
}

const CLAIM = `
  UPDATE slots SET state = 'sent', sent_ms = $4
  WHERE ctid = ANY(ARRAY(SELECT place FROM ${BY_NUMBERS} WHERE state = 'planned'))
    AND EXISTS (SELECT FROM runs WHERE ${OF_RUN} AND state = 'running')
  RETURNING slot`

/**
 * Two processes that ask for one slot at the same time: one gets it; of a run at rest none. What brings a run to rest
 * waits for claims under way, and sees what they claimed.
 */
export const claimSlots: PostgresMethod<'claimSlots'> = (db, siteId, runId, slotNumbers, sentAtMs) =>
  db.write(async (tx) => {
    void tx.query(`SELECT FROM runs WHERE ${OF_RUN} FOR SHARE`, [siteId, runId])
    lockSlots(tx, siteId, runId, slotNumbers)
    const rows = await tx.query<{ slot: number }>(CLAIM, [siteId, runId, slotNumbers, sentAtMs])
    if (rows.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
    const claimed = new Set(rows.map((row) => row.slot))
    return slotNumbers.filter((slot) => claimed.has(slot))
  })

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

/** The lists of `RECORD`, in its order. */
const OUTCOME = [
  'slot',
  'state',
  'sentAtMs',
  'answeredAtMs',
  'latenessMs',
  'issueId',
  'issueKey',
  'reason',
] as const

export const recordSlots: PostgresMethod<'recordSlots'> = (db, siteId, runId, outcomes) =>
  db.write(async (tx) => {
    const numbers = outcomes.map((one) => one.slot)
    lockSlots(tx, siteId, runId, numbers)
    const rows = outcomes.map(({ sentAtMs = null, ...outcome }) => ({ ...storable(outcome), sentAtMs }))
    const recorded = await tx.query(RECORD, [siteId, runId, ...columnsOf(rows, OUTCOME)])
    if (recorded.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
  })

/** Those that are still planned shall not be made. */
export function skipSlots(tx: WriteTransaction, siteId: string, runId: string, skipped: SkippedSlots): void {
  const { slots: numbers, reason } = storable(skipped)
  lockSlots(tx, siteId, runId, numbers)
  void tx.query(
    `UPDATE slots SET state = 'skipped', reason = $4
     WHERE ctid = ANY(ARRAY(SELECT place FROM ${BY_NUMBERS} WHERE state = 'planned'))`,
    [siteId, runId, numbers, reason],
  )
}

const MARK_REMOVED = `
  UPDATE slots SET removed_ms = $4
  WHERE ctid = ANY(ARRAY(SELECT place FROM ${BY_NUMBERS} WHERE removed_ms IS NULL))
  RETURNING 1`

/** What was removed before stays so since then. */
export const markRemoved: PostgresMethod<'markRemoved'> = (db, siteId, runId, slotNumbers, atMs) =>
  db.write(async (tx) => {
    lockSlots(tx, siteId, runId, slotNumbers)
    const marked = await tx.query(MARK_REMOVED, [siteId, runId, slotNumbers, atMs])
    if (marked.length > 0) tx.notify(siteId, 'ledger')
    else tx.discard()
  })

const SLOTS = `SELECT ${SLOT} FROM slots WHERE ${OF_RUN} AND slot > $3 ORDER BY slot LIMIT ${SLOT_BATCH}`

export const slots: PostgresMethod<'slots'> = (db, siteId, runId) =>
  allInSteps<Slot>(SLOT_BATCH, (last) =>
    db.scan(SLOTS, [siteId, runId, last?.slot ?? Number.MIN_SAFE_INTEGER]),
  )

const PLANNED = `
  SELECT ${SLOT_OF_RUN} FROM slots
  WHERE site_id = $1 AND (planned_ms, run_id, slot) > ($2, $3, $4) AND planned_ms < $5
  ORDER BY planned_ms, run_id, slot LIMIT ${SLOT_BATCH}`

export const slotsPlanned: PostgresMethod<'slotsPlanned'> = (db, siteId, fromMs, toMs) =>
  allInSteps<SlotOfRun>(SLOT_BATCH, (last) => {
    const { plannedMs, runId, slot } = last ?? { plannedMs: fromMs, runId: '', slot: 0 }
    return db.scan(PLANNED, [siteId, plannedMs, runId, slot, toMs])
  })

/** Each of them is one seek, whatever the server believes of how many slots there are. */
const OF_TICKETS = `
  SELECT ${SLOT_OF_RUN} FROM unnest($2::text[]) AS wanted (wanted_id)
  CROSS JOIN LATERAL (SELECT * FROM slots WHERE site_id = $1 AND issue_id = wanted_id OFFSET 0) AS found`

export const slotsOfTickets: PostgresMethod<'slotsOfTickets'> = (db, siteId, issueIds) =>
  inSteps([...new Set(issueIds)], TICKET_BATCH, (some) =>
    db.scan<SlotOfRun>(OF_TICKETS, [siteId, arrayOf(some)]),
  )
