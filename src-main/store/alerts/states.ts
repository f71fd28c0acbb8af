import type { AlertRule } from '../../../src-shared/contract/alerts/alerts.ts'
import type { AlertState } from '../../../src-shared/domain/usual/alert.ts'
import { notifyIf, rows, sql, type Database, type Statement, type Steps, type Tx } from '../sql.ts'
import { writeAlert, type WrittenAlert } from './history.ts'
import { noSuchRule } from '../errors.ts'
import { ruleOf, rulesOf } from './rule-rows.ts'

/** Who evaluates the rules of a site. */
export const ALERT_LEASE = 'alerts'

export interface StoredAlertState {
  readonly ruleId: string
  /** The run whose drill it is; '' where it is none. */
  readonly runId: string
  readonly version: number
  readonly state: AlertState
}

/** All that an evaluation begins with, of one commit. */
export interface AlertBook {
  readonly rules: readonly AlertRule[]
  readonly states: readonly StoredAlertState[]
  readonly drills: readonly AlertDrill[]
}

export interface AlertDrill {
  readonly runId: string
  /** Site epoch ms, from its run's begin to when its tickets count no more. */
  readonly startMs: number
  readonly untilMs: number
}

/** What an evaluation writes of a rule. */
export interface AlertWrite extends Pick<StoredAlertState, 'runId'> {
  /** Null where nothing of it is kept: of a drill that is over. */
  readonly state: AlertState | null
  /** As it was evaluated. */
  readonly rule: AlertRule
  /** The version of the state that this one follows; 0 where there was none. */
  readonly seen: number
  /** Null where the history stays as it is. */
  readonly alert: WrittenAlert | null
}

const STATES = `
  SELECT rule_id AS "ruleId", run_id AS "runId", version, state FROM alert_states WHERE site_id = :siteId`
/** The latest: of those that are long over nothing is left to do. */
const DRILLS = `
  SELECT run_id AS "runId", until_ms AS "untilMs",
    COALESCE((SELECT start_ms FROM runs WHERE runs.site_id = :siteId AND runs.run_id = alert_drills.run_id), 0) AS "startMs"
  FROM alert_drills WHERE site_id = :siteId
  ORDER BY until_ms DESC LIMIT 20`

/** Locks it, too: nobody takes it over before this is committed. */
const HOLDS = `
  UPDATE leases SET owner = owner WHERE site_id = :siteId AND name = '${ALERT_LEASE}' AND owner = :owner
    AND expires_ms > NOW_MS
  RETURNING 1 AS one`
const LOCK_RULE = `
  UPDATE alert_rules SET is_on = is_on WHERE site_id = :siteId AND id = :id RETURNING 1 AS one`
const LOCK_SAME_RULE = `
  UPDATE alert_rules SET is_on = is_on
  WHERE site_id = :siteId AND id = :id AND revision = :revision AND is_on = 1 RETURNING 1 AS one`
const WRITE = `
  INSERT INTO alert_states (site_id, rule_id, run_id, version, state)
  SELECT :siteId, :id, :runId, CAST(:version AS BIGINT), :state
  WHERE :seen = 0 OR EXISTS (
    SELECT 1 FROM alert_states WHERE site_id = :siteId AND rule_id = :id AND run_id = :runId AND version = :seen
  )
  ON CONFLICT (site_id, rule_id, run_id) DO UPDATE SET version = excluded.version, state = excluded.state
  WHERE alert_states.version = :seen
  RETURNING 1 AS one`

const FORGET = `
  DELETE FROM alert_states WHERE site_id = :siteId AND rule_id = :id AND run_id = :runId AND version = :seen
  RETURNING 1 AS one`

type StateRow = Omit<StoredAlertState, 'state'> & { readonly state: string }

/** How the rules stand, which the one instance writes that evaluates them. */
export function createAlertStates(db: Database) {
  return {
    alertBook: (siteId: string): Promise<AlertBook> =>
      db.read(function* (): Steps<AlertBook> {
        const [found, states, drills] = yield* rows(
          rulesOf(siteId),
          sql<StateRow>(STATES, { siteId }),
          sql<AlertDrill>(DRILLS, { siteId }),
        )
        return { rules: found.map(ruleOf), states: states.map(stateOf), drills }
      }),

    /**
     * Writes what an evaluation came to: of each rule that is still the one that was evaluated, its state and its history
     * at once. False where `owner` does not evaluate any more, or one of the rules or states was another by then:
     * of those nothing is written, and they are to be read again.
     */
    recordAlerts: (siteId: string, owner: string, writes: readonly AlertWrite[]): Promise<boolean> =>
      db.write((tx) => record(tx, siteId, owner, writes)),

    /**
     * Changes how rules stand, past the instance that evaluates them: null is what was never evaluated. Throws `not-found`
     * where one of them is not there.
     */
    changeAlertStates: (
      siteId: string,
      ids: readonly string[],
      change: (state: AlertState | null) => AlertState,
    ): Promise<void> => db.write((tx) => changeAll(tx, siteId, ids, change)),
  }
}

function* record(tx: Tx, siteId: string, owner: string, writes: readonly AlertWrite[]): Steps<boolean> {
  const [[holds]] = yield* rows(sql(HOLDS, { siteId, owner }))
  let written = 0
  // In the order of their ids: who writes several takes their rows in the same order.
  const inOrder = holds === undefined ? [] : writes.toSorted((a, b) => (a.rule.id < b.rule.id ? -1 : 1))
  for (const one of inOrder) {
    if (!(yield* writeState(siteId, one))) continue
    written += 1
    if (one.alert !== null) tx.send(...writeAlert(siteId, one.alert))
  }
  notifyIf(written > 0, tx, siteId, 'alerts')
  return written === writes.length
}

function* changeAll(
  tx: Tx,
  siteId: string,
  ids: readonly string[],
  change: (state: AlertState | null) => AlertState,
): Steps<void> {
  for (const id of ids.toSorted()) {
    const [[there], [found]] = yield* rows(
      // Who evaluates waits meanwhile.
      sql(LOCK_RULE, { siteId, id }),
      sql<StateRow>(`${STATES} AND rule_id = :id AND run_id = ''`, { siteId, id }),
    )
    if (there === undefined) throw noSuchRule(id)
    const former = found === undefined ? null : stateOf(found)
    const version = (former?.version ?? 0) + 1
    tx.send(write(siteId, { ruleId: id, runId: '', version, state: change(former?.state ?? null) }))
  }
  notifyIf(ids.length > 0, tx, siteId, 'alerts')
}

function* writeState(siteId: string, { rule, runId, seen, state }: AlertWrite): Steps<boolean> {
  const { id, revision } = rule
  const [[isSame]] = yield* rows(sql(LOCK_SAME_RULE, { siteId, id, revision }))
  if (isSame === undefined) return false
  const [[isWritten]] = yield* rows(
    state === null
      ? sql(FORGET, { siteId, id, runId, seen })
      : write(siteId, { ruleId: id, runId, version: seen + 1, state }),
  )
  return isWritten !== undefined
}

/** Gives a row where the version is the next one. */
function write(siteId: string, { ruleId: id, runId, version, state }: StoredAlertState): Statement {
  return sql(WRITE, { siteId, id, runId, seen: version - 1, version, state: JSON.stringify(state) })
}

/** Of one rule, also in a drill. */
export function statesOfRule(siteId: string, id: string): Statement<StateRow> {
  return sql<StateRow>(`${STATES} AND rule_id = :id`, { siteId, id })
}

export function stateOf({ state, ...row }: StateRow): StoredAlertState {
  // What an older version wrote has no level.
  return { ...row, state: { level: null, ...(JSON.parse(state) as Omit<AlertState, 'level'>) } }
}
