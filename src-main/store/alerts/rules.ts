import type { AlertRule } from '../../../src-shared/contract/alerts/alerts.ts'
import { ruleChanged, ruleNameTaken, tooManyRules } from '../errors.ts'
import { notifyIf, rows, sql, type Database, type Statement, type Steps } from '../sql.ts'
import { writeAlert, type WrittenAlert } from './history.ts'
import { ruleById, ruleOf, ruleParams, rulesOf } from './rule-rows.ts'
import { stateOf, statesOfRule, type StoredAlertState } from './states.ts'

/** At one site. */
const MAX_RULES = 50

const OF_RULE = 'site_id = :siteId AND id = :id'
const ADD = `
  INSERT INTO alert_rules (site_id, id, name, scope, condition, is_on, revision, created_ms)
  SELECT :siteId, :id, :name, :scope, :condition, CAST(:isOn AS BIGINT), :revision, CAST(:createdMs AS BIGINT)
  WHERE (SELECT COUNT(*) FROM alert_rules WHERE site_id = :siteId) < ${MAX_RULES}
  ON CONFLICT DO NOTHING`
const IS_NAMED = 'SELECT id FROM alert_rules WHERE site_id = :siteId AND name = :name'
/** Once more by who got no answer, too. */
const CHANGE = `
  UPDATE alert_rules SET name = :name, scope = :scope, condition = :condition, is_on = :isOn, revision = :revision
  WHERE ${OF_RULE} AND revision IN (:revisions[TEXT]) RETURNING 1 AS one`
const REMOVE = `DELETE FROM alert_rules WHERE ${OF_RULE} AND revision = :seen RETURNING 1 AS one`
const FORGET = 'DELETE FROM alert_states WHERE site_id = :siteId AND rule_id = :id'

/** How an alert under way ends with its rule, or null where there is none. */
export type EndAlert = (state: StoredAlertState) => WrittenAlert | null

/** The rules that say when tickets are an alarm. */
export function createAlertRules(db: Database) {
  return {
    /** In the order in which they were made. */
    alertRules: async (siteId: string): Promise<AlertRule[]> => (await db.query(rulesOf(siteId))).map(ruleOf),

    /** Throws `usage` where a rule has its name, or there are as many as there may be. */
    addAlertRule: (siteId: string, rule: AlertRule): Promise<void> =>
      db.write(function* (tx) {
        tx.send(sql(ADD, ruleParams(siteId, rule)))
        const [[named], [there]] = yield* rows(
          sql<{ id: string }>(IS_NAMED, { siteId, name: rule.name }),
          ruleById(siteId, rule.id),
        )
        if (there === undefined)
          throw named === undefined ? tooManyRules(MAX_RULES) : ruleNameTaken(rule.name)
        tx.notify(siteId, 'alerts')
      }),

    /**
     * Changes a rule where `seen` is its revision. `end`: what becomes of an alert under way where it is another rule now, and
     * begins anew; null where it is not. Throws `busy` where it was changed or removed since, `usage` where another has its
     * name.
     */
    changeAlertRule: (siteId: string, rule: AlertRule, seen: string, end: EndAlert | null): Promise<void> =>
      db.write(function* (tx) {
        const { id, name } = rule
        const [[named]] = yield* rows(sql<{ id: string }>(IS_NAMED, { siteId, name }))
        if (named !== undefined && named.id !== id) throw ruleNameTaken(name)
        const [[changed]] = yield* rows(
          sql(CHANGE, { ...ruleParams(siteId, rule), revisions: [seen, rule.revision] }),
        )
        if (changed === undefined) throw ruleChanged(name)
        if (end !== null) tx.send(...(yield* endAll(siteId, id, end)))
        tx.notify(siteId, 'alerts')
      }),

    /** False where there is none. Throws `busy` where `seen` is not its revision. */
    removeAlertRule: (siteId: string, id: string, seen: string, end: EndAlert): Promise<boolean> =>
      db.write(function* (tx) {
        const [[removed], [there]] = yield* rows(sql(REMOVE, { siteId, id, seen }), ruleById(siteId, id))
        if (there !== undefined) throw ruleChanged(there.name)
        if (removed !== undefined) tx.send(...(yield* endAll(siteId, id, end)))
        notifyIf(removed !== undefined, tx, siteId, 'alerts')
        return removed !== undefined
      }),
  }
}

/** With the rule's row locked: who evaluates waits, and finds another rule then. */
function* endAll(siteId: string, id: string, end: EndAlert): Steps<Statement[]> {
  const [states] = yield* rows(statesOfRule(siteId, id))
  const ended = states.map((row) => end(stateOf(row))).filter((alert) => alert !== null)
  return [...ended.flatMap((alert) => writeAlert(siteId, alert)), sql(FORGET, { siteId, id })]
}
