import type { AlertEntry, AlertMessage } from '../../../src-shared/contract/alerts/alerts.ts'
import { enqueue, FORGET_SENT, sendingOf, sendingsOf, type SendingRow } from './outbox.ts'
import { rows, sql, type Database, type Statement, type Steps } from '../sql.ts'

/** An alert as it stands after a transition, or after a higher peak, and what became of it just now. */
export interface WrittenAlert extends Omit<AlertEntry, 'transitions'> {
  readonly transitions: readonly WrittenTransition[]
}

export interface WrittenTransition {
  readonly message: AlertMessage
  /** False where nobody is to be disturbed. */
  readonly sent: boolean
}

/** An alert is kept for so long, with what was sent of it: more than a year, of a rule hardly more than one an hour. */
const KEPT_MS = 400 * 86_400_000

const WRITE = `
  INSERT INTO alerts (site_id, id, rule_id, run_id, rule, started_ms, onset_ms, peak, resolved_ms)
  VALUES (:siteId, :id, :ruleId, :runId, :rule, :startedMs, :onsetMs, :peak, CAST(:resolvedMs AS BIGINT))
  ON CONFLICT (site_id, id) DO UPDATE SET peak = excluded.peak, resolved_ms = excluded.resolved_ms`
/** One that was not sent, since the rule was silenced, is sent when it no longer is. */
const ADD_TRANSITION = `
  INSERT INTO alert_transitions (site_id, alert_id, transition_key, kind, at_ms, is_sent, message)
  VALUES (:siteId, :alertId, :key, :kind, :atMs, :isSent, :message)
  ON CONFLICT (site_id, alert_id, transition_key) DO UPDATE
  SET at_ms = excluded.at_ms, is_sent = excluded.is_sent, message = excluded.message
  WHERE alert_transitions.is_sent = 0`
/** No transition is before its alert. */
const FORGET = [
  FORGET_SENT,
  'DELETE FROM alert_transitions WHERE site_id = :siteId AND at_ms < :fromMs',
  'DELETE FROM alerts WHERE site_id = :siteId AND started_ms < :fromMs',
] as const

/**
 * What an alert came to: its row of the history, its transitions, and of each that is sent what the outputs are to send. To
 * be sent in the transaction that writes the state, so that none is lost and none is there twice.
 */
export function writeAlert(siteId: string, alert: WrittenAlert): Statement[] {
  const { rule, transitions, rehearsal, ...row } = alert
  const written = sql(WRITE, {
    siteId,
    ...row,
    ruleId: rule.id,
    runId: rehearsal ?? '',
    rule: JSON.stringify(rule),
  })
  const begins = transitions.some(({ message }) => message.transition === 'started')
  const forgotten = { siteId, fromMs: row.startedMs - KEPT_MS }
  return [
    written,
    ...transitions.map(({ message, sent }) => addTransition(siteId, message, sent)),
    ...transitions.flatMap(({ message, sent }) => (sent ? enqueue(siteId, message) : [])),
    ...(begins ? FORGET.map((text) => sql(text, forgotten)) : []),
  ]
}

function addTransition(siteId: string, message: AlertMessage, sent: boolean): Statement {
  const { alertId, key, transition: kind, atMs } = message
  const params = { siteId, alertId, key, kind, atMs, isSent: sent ? 1 : 0 }
  return sql(ADD_TRANSITION, { ...params, message: JSON.stringify(message) })
}

export interface HistoryQuery {
  readonly siteId: string
  readonly limit: number
  /** Only those that started before this one. */
  readonly before?: { readonly startedMs: number; readonly id: string } | undefined
  readonly ruleId?: string | undefined
}

const PAGE = `
  SELECT id, run_id AS "runId", rule, started_ms AS "startedMs", onset_ms AS "onsetMs", peak,
    resolved_ms AS "resolvedMs"
  FROM alerts WHERE site_id = :siteId
    AND (started_ms, id) < (CAST(:startedMs AS BIGINT), :id)
    AND (CAST(:ruleId AS TEXT) IS NULL OR rule_id = :ruleId)
  ORDER BY started_ms DESC, id DESC LIMIT :limit`
const TRANSITIONS = `
  SELECT alert_id AS "alertId", is_sent AS "isSent", transition_key AS key, message
  FROM alert_transitions WHERE site_id = :siteId AND alert_id IN (:ids[TEXT])`

interface AlertRow extends Pick<AlertEntry, 'id' | 'startedMs' | 'onsetMs' | 'peak' | 'resolvedMs'> {
  readonly runId: string
  readonly rule: string
}

interface TransitionRow {
  readonly alertId: string
  readonly isSent: 0 | 1
  readonly key: string
  readonly message: string
}

/** The alerts that there were. */
export function createAlertHistory(db: Database) {
  return {
    /** The latest first. */
    alertHistory: ({ siteId, limit, before, ruleId }: HistoryQuery) =>
      db.read(function* (): Steps<AlertEntry[]> {
        const { startedMs = Number.MAX_SAFE_INTEGER, id = '' } = before ?? {}
        const [alerts] = yield* rows(
          sql<AlertRow>(PAGE, { siteId, limit, startedMs, id, ruleId: ruleId ?? null }),
        )
        const ids = alerts.map((alert) => alert.id)
        const [transitions, sendings] = yield* rows(
          sql<TransitionRow>(TRANSITIONS, { siteId, ids }),
          sendingsOf(siteId, ids),
        )
        return alerts.map((alert) => entryOf(alert, transitions, sendings))
      }),
  }
}

function entryOf(
  { runId, rule, ...alert }: AlertRow,
  all: readonly TransitionRow[],
  allSendings: readonly SendingRow[],
): AlertEntry {
  const ofAlert = allSendings.filter(({ alertId }) => alertId === alert.id)
  const transitions = all
    .filter(({ alertId }) => alertId === alert.id)
    .map(({ isSent, key, message: written }) => {
      const message = JSON.parse(written) as AlertMessage
      const sendings = ofAlert.filter(({ transition }) => transition === key).map(sendingOf)
      return { kind: message.transition, atMs: message.atMs, sent: isSent === 1, message, sendings }
    })
    .toSorted((a, b) => a.atMs - b.atMs || (a.message.key < b.message.key ? -1 : 1))
  return {
    ...alert,
    rule: JSON.parse(rule) as AlertEntry['rule'],
    rehearsal: runId === '' ? null : runId,
    transitions,
  }
}
