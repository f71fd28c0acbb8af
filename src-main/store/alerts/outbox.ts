import type { AlertMessage, AlertSending } from '../../../src-shared/contract/alerts/alerts.ts'
import { noteAnswer } from './outputs.ts'
import { rows, sql, type Database, type Statement } from '../sql.ts'

/** So many are looked at at once, the longest due first. */
const MAX_LOOK = 50

/** Which message to which output: `transition` is its key among those of its alert. */
export interface OutboxKey {
  readonly outputId: string
  readonly alertId: string
  readonly transition: string
}

export interface DueMessage extends OutboxKey {
  /** Milliseconds; 0 or less: now. */
  readonly dueInMs: number
  /** Who sends it now, and for how long that is theirs: milliseconds, 0 or less where it ran out. */
  readonly claimedBy: string | null
  readonly claimedForMs: number | null
}

export interface ClaimedMessage {
  readonly message: AlertMessage
  /** Failures since the last success. */
  readonly attempts: number
  /** Whether it was taken before, and is told again. */
  readonly isRepeat: boolean
}

/** How an instance claims: those of the `gone`, which run no more, at once. */
export interface Claim {
  readonly owner: string
  readonly gone: readonly string[]
  readonly ttlMs: number
}

/** What came of sending a message. */
export interface Sent {
  readonly owner: string
  readonly taken: boolean
  readonly answer: string
  /** Taken, it is told again after so long, unless another transition of its alert came; null: not at all. */
  readonly repeatMs: number | null
  /** Not taken, it is tried again after so long, … */
  readonly againMs: number
  /** … until it is so old. */
  readonly giveUpMs: number
}

const OF_MESSAGE = `
  site_id = :siteId AND output_id = :outputId AND alert_id = :alertId AND transition = :transition`
/** Before a time; what waits for an output that is there is never forgotten. */
export const FORGET_SENT = `
  DELETE FROM outbox WHERE site_id = :siteId AND enqueued_ms < :fromMs AND (
    due_ms IS NULL
    OR output_id NOT IN (SELECT output_id FROM outputs WHERE site_id = :siteId)
  )`
const END_REPEATS = `
  UPDATE outbox SET repeats = 0, due_ms = CASE WHEN sent_ms IS NULL THEN due_ms ELSE NULL END
  WHERE site_id = :siteId AND alert_id = :alertId AND transition <> :transition AND due_ms IS NOT NULL`
const ENQUEUE = `
  INSERT INTO outbox (site_id, output_id, alert_id, transition, place, message, enqueued_ms, due_ms, repeats)
  SELECT site_id, output_id, :alertId, :transition,
    COALESCE((
      SELECT MAX(place) FROM outbox WHERE site_id = :siteId AND output_id = outputs.output_id AND alert_id = :alertId
    ), 0) + 1,
    :message, NOW_MS, NOW_MS, CAST(:repeats AS BIGINT)
  FROM outputs WHERE site_id = :siteId
  ON CONFLICT (site_id, output_id, alert_id, transition) DO NOTHING`

const WAITING = 'SELECT DISTINCT output_id AS id FROM outbox WHERE site_id = :siteId AND due_ms IS NOT NULL'
const OF_SAME_ALERT = `
  other.site_id = outbox.site_id AND other.output_id = outbox.output_id AND other.alert_id = outbox.alert_id`
const GOES_BEFORE = 'other.place < outbox.place AND other.due_ms IS NOT NULL AND other.sent_ms IS NULL'
const DUE = `
  SELECT output_id AS "outputId", alert_id AS "alertId", transition, due_ms - NOW_MS AS "dueInMs",
    claimed_by AS "claimedBy", claimed_until_ms - NOW_MS AS "claimedForMs"
  FROM outbox WHERE site_id = :siteId AND due_ms IS NOT NULL AND output_id IN (:held[TEXT])
    AND NOT EXISTS (SELECT 1 FROM outbox AS other WHERE ${OF_SAME_ALERT} AND ${GOES_BEFORE})
  ORDER BY due_ms, place LIMIT ${MAX_LOOK}`
/** Messages of one alert go to an output one after the other, in their order. */
const CLAIM = `
  UPDATE outbox SET claimed_by = :owner, claimed_until_ms = NOW_MS + :ttlMs,
    unrecorded = unrecorded + CASE WHEN claimed_by IS NULL THEN 0 ELSE 1 END
  WHERE ${OF_MESSAGE} AND due_ms <= NOW_MS
    AND (claimed_until_ms IS NULL OR claimed_until_ms <= NOW_MS OR claimed_by IN (:gone[TEXT]))
    AND NOT EXISTS (
      SELECT 1 FROM outbox AS other
      WHERE ${OF_SAME_ALERT} AND other.transition <> :transition AND (
        (${GOES_BEFORE}) OR (other.claimed_until_ms > NOW_MS AND NOT (other.claimed_by IN (:gone[TEXT])))
      )
    )
  RETURNING message, attempts, CASE WHEN sent_ms IS NULL THEN 0 ELSE 1 END AS "isRepeat"`
const TAKEN = 'CAST(:taken AS BIGINT) = 1'
const IS_OLD = 'sent_ms IS NULL AND enqueued_ms <= NOW_MS - CAST(:giveUpMs AS BIGINT)'
/** An answer is recorded by whoever got it; that there was none, only by who still has the claim. */
const RECORD = `
  UPDATE outbox SET
    attempts = CASE WHEN ${TAKEN} THEN 0 ELSE attempts + 1 END,
    times_taken = times_taken + CASE WHEN ${TAKEN} AND claimed_by = :owner THEN 1 ELSE 0 END,
    answer = :answer, answered_ms = NOW_MS,
    sent_ms = CASE WHEN ${TAKEN} THEN COALESCE(sent_ms, NOW_MS) ELSE sent_ms END,
    given_up_ms = CASE WHEN ${TAKEN} THEN NULL WHEN ${IS_OLD} THEN NOW_MS ELSE given_up_ms END,
    due_ms = CASE
      WHEN ${TAKEN} AND repeats = 1 THEN NOW_MS + CAST(:repeatMs AS BIGINT)
      WHEN ${TAKEN} OR due_ms IS NULL OR ${IS_OLD} THEN NULL
      ELSE NOW_MS + CAST(:againMs AS BIGINT) END,
    claimed_until_ms = CASE WHEN claimed_by = :owner THEN NULL ELSE claimed_until_ms END,
    claimed_by = CASE WHEN claimed_by = :owner THEN NULL ELSE claimed_by END
  WHERE ${OF_MESSAGE} AND (claimed_by = :owner OR ${TAKEN})
  RETURNING given_up_ms AS "givenUpMs"`

/**
 * Writes a message for every output of the site: to be sent in the transaction that says what became of the alert. One that is
 * given again, by its key, is the same.
 */
export function enqueue(siteId: string, message: AlertMessage): Statement[] {
  const { alertId, key: transition } = message
  const repeats = message.transition === 'resolved' ? 0 : 1
  const given = { siteId, alertId, transition, message: JSON.stringify(message), repeats }
  return [sql(END_REPEATS, given), sql(ENQUEUE, given)]
}

/** By the alerts alone: of a site that is new to ANALYZE, any index that begins with the site seems as good. */
const SENDINGS = `
  SELECT alert_id AS "alertId", transition, COALESCE(outputs.name, output_name, 'a removed output') AS output,
    COALESCE(outputs.kind, output_kind, 'webhook') AS kind, COALESCE(needs_secret, 0) AS "needsSecret",
    enqueued_ms AS "queuedMs", sent_ms AS "sentMs", given_up_ms AS "givenUpMs",
    CASE WHEN due_ms IS NULL OR outputs.output_id IS NULL THEN 0 ELSE 1 END AS waits, NOW_MS - due_ms AS "overdueMs",
    CASE WHEN claimed_until_ms > NOW_MS THEN 1 ELSE 0 END AS claimed, attempts AS failures, times_taken AS times,
    unrecorded, answer, answered_ms AS "answeredMs"
  FROM outbox
  LEFT JOIN outputs ON outputs.site_id = outbox.site_id AND outputs.output_id = outbox.output_id
  WHERE outbox.site_id || '' = :siteId AND alert_id IN (:ids[TEXT]) ORDER BY enqueued_ms, place, output`

export interface SendingRow extends Omit<AlertSending, 'state'> {
  readonly alertId: string
  readonly transition: string
  readonly needsSecret: 0 | 1
  readonly waits: 0 | 1
  readonly claimed: 0 | 1
  readonly overdueMs: number | null
  readonly givenUpMs: number | null
}

/** What became of the messages of alerts, at each output. */
export function sendingsOf(siteId: string, ids: readonly string[]): Statement<SendingRow> {
  return sql<SendingRow>(SENDINGS, { siteId, ids })
}

export function sendingOf(row: SendingRow): AlertSending {
  const { output, kind, queuedMs, sentMs, times, failures, unrecorded, answer, answeredMs } = row
  return {
    output,
    kind,
    state: stateOf(row),
    queuedMs,
    sentMs,
    times,
    failures,
    unrecorded,
    answer,
    answeredMs,
  }
}

function stateOf({ sentMs, givenUpMs, waits, ...row }: SendingRow): AlertSending['state'] {
  if (sentMs !== null) return 'sent'
  if (givenUpMs !== null) return 'given-up'
  if (waits === 0) return 'dropped'
  const isClaimed = row.claimed === 1
  return waitingState({
    isClaimed,
    attempts: row.failures,
    needsSecret: row.needsSecret === 1,
    overdueMs: row.overdueMs ?? 0,
  })
}

/** Every instance that has a secret looks at each full minute: what nobody took for longer has none that would. */
const NO_HOLDER_MS = 90_000

/** How it stands with what waits for an output: `overdueMs` is for how long it could have been sent. */
export function waitingState({
  isClaimed,
  attempts,
  needsSecret,
  overdueMs,
}: Record<'attempts' | 'overdueMs', number> & Record<'isClaimed' | 'needsSecret', boolean>) {
  if (isClaimed) return 'sending'
  if (attempts > 0) return 'retrying'
  return needsSecret && overdueMs > NO_HOLDER_MS ? 'no-holder' : 'queued'
}

/** What whoever reads alerts may see of an answer; its words are for who sets outputs. */
function headOf(answer: string): string {
  return /^HTTP \d+[^:]*/.exec(answer)?.[0] ?? answer
}

/** What is to be sent to outputs. */
export function createOutbox(db: Database) {
  return {
    /** The outputs for which something waits. */
    async waitingOutputs(siteId: string): Promise<string[]> {
      return (await db.query(sql<{ id: string }>(WAITING, { siteId }))).map(({ id }) => id)
    },

    /** What waits for these outputs, the longest due first. */
    dueMessages: (siteId: string, held: readonly string[]): Promise<DueMessage[]> =>
      db.query(sql<DueMessage>(DUE, { siteId, held })),

    /** A message to send now, and nobody else until the claim runs out; null where it is not to be sent, or another's. */
    claimMessage: (siteId: string, key: OutboxKey, claim: Claim): Promise<ClaimedMessage | null> =>
      db.write(function* (tx) {
        const { outputId, alertId, transition } = key
        const given = { siteId, outputId, alertId, transition, ...claim }
        const [[claimed]] = yield* rows(
          sql<{ message: string; attempts: number; isRepeat: number }>(CLAIM, given),
        )
        if (claimed === undefined) tx.discard()
        return claimed === undefined
          ? null
          : {
              message: JSON.parse(claimed.message) as AlertMessage,
              attempts: claimed.attempts,
              isRepeat: claimed.isRepeat === 1,
            }
      }),

    /** Writes what came of sending a message; given again, to the same effect. True where it was given up with it. */
    recordSent: (siteId: string, key: OutboxKey, { answer, ...sent }: Sent): Promise<boolean> =>
      db.write(function* (tx) {
        const { outputId, alertId, transition } = key
        const taken = Number(sent.taken)
        const given = { siteId, outputId, alertId, transition, ...sent, taken, answer: headOf(answer) }
        const [[recorded]] = yield* rows(
          sql<{ givenUpMs: number | null }>(RECORD, given),
          noteAnswer(siteId, outputId, { taken: sent.taken, answer }),
        )
        tx.notify(siteId, 'outputs')
        return recorded !== undefined && recorded.givenUpMs !== null
      }),
  }
}
