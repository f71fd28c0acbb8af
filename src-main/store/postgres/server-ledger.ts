import type { EngineLedger, SlotMinute, SlotOutcome } from '../ledger/ledger.ts'
import { addRun, addSlots, IN_STATES, isRunThere, OF_MINUTE } from '../ledger/runs.ts'
import { lockSlots, OF_RUN } from '../ledger/slots.ts'
import { notifyIf, rows, sql, storable, type Database } from '../sql.ts'

/** How many slots are sent in one statement. */
const SLOT_BATCH = 5_000

// Of two outcomes of one slot the later one stands, but for a created one. A slot that is planned again was not sent.
const RECORD = `
  UPDATE slots SET state = outcome.state,
    sent_ms = CASE WHEN outcome.state = 'planned' THEN NULL ELSE coalesce(outcome.sent_ms, slots.sent_ms) END,
    answered_ms = outcome.answered_ms, lateness_ms = outcome.lateness_ms, issue_id = outcome.issue_id,
    issue_key = outcome.issue_key, reason = outcome.reason
  FROM (
    SELECT DISTINCT ON (slot) *
    FROM ROWS FROM (:slot[BIGINT], :state[TEXT], :sentAtMs[BIGINT], :answeredAtMs[BIGINT], :latenessMs[DOUBLE PRECISION],
      :issueId[TEXT], :issueKey[TEXT], :reason[TEXT]) WITH ORDINALITY
      AS given (slot, state, sent_ms, answered_ms, lateness_ms, issue_id, issue_key, reason, place)
    ORDER BY slot, state = 'created' DESC, place DESC
  ) AS outcome
  CROSS JOIN LATERAL (
    SELECT ctid AS place FROM slots AS known WHERE ${OF_RUN} AND known.slot = outcome.slot LIMIT 1
  ) AS found
  WHERE slots.ctid = found.place AND CASE outcome.state
    WHEN 'planned' THEN slots.state IN ('sent', 'unknown') AND slots.sent_ms = outcome.sent_ms ELSE slots.state <> 'created' END
  RETURNING 1`

const MINUTES = `SELECT ${OF_MINUTE} FROM slots WHERE ${OF_RUN} AND ${IN_STATES} GROUP BY 1`

/** What is otherwise than in a file. */
export const createServerLedger = (db: Database): EngineLedger => ({
  /**
   * All steps are of one transaction, so no reader meets a run that is half made, nor what a crash left of it. Waits for
   * one that is about to be committed: the first try's, whose answer was lost.
   */
  createRun: (newRun, slots) =>
    db.write(function* (tx) {
      const [added] = yield* rows(addRun(newRun))
      const isNew = added.length > 0 || !(yield* isRunThere(newRun))
      notifyIf(isNew, tx, newRun.siteId, 'ledger')
      if (!isNew) return
      for (let from = 0; from < slots.length; from += SLOT_BATCH)
        yield [addSlots(newRun, slots.slice(from, from + SLOT_BATCH))]
    }),

  recordSlots: (siteId, runId, outcomes) =>
    db.write(function* (tx) {
      const ofRun = { siteId, runId }
      tx.send(
        lockSlots(
          ofRun,
          outcomes.map((one) => one.slot),
        ),
      )
      const given = outcomes.map((one): SlotOutcome => storable(one))
      const [recorded] = yield* rows({ text: RECORD, params: ofRun, rows: given })
      notifyIf(recorded.length > 0, tx, siteId, 'ledger')
    }),

  runMinutes: (siteId, runId) => db.scan(sql<SlotMinute>(MINUTES, { siteId, runId })),
})
