import type { AlertRule } from '../../../src-shared/contract/alerts/alerts.ts'
import { sql, type Statement } from '../sql.ts'

const COLUMNS = `id, name, scope, condition, is_on AS "isOn", revision, created_ms AS "createdMs"`
const ALL = `SELECT ${COLUMNS} FROM alert_rules WHERE site_id = :siteId ORDER BY created_ms, id`
const ONE = `SELECT ${COLUMNS} FROM alert_rules WHERE site_id = :siteId AND id = :id`

export interface RuleRow extends Pick<AlertRule, 'id' | 'name' | 'revision' | 'createdMs'> {
  readonly scope: string
  readonly condition: string
  readonly isOn: 0 | 1
}

export function rulesOf(siteId: string): Statement<RuleRow> {
  return sql(ALL, { siteId })
}

export function ruleById(siteId: string, id: string): Statement<RuleRow> {
  return sql(ONE, { siteId, id })
}

export function ruleOf({ isOn, scope, condition, ...rule }: RuleRow): AlertRule {
  return {
    ...rule,
    scope: JSON.parse(scope) as AlertRule['scope'],
    condition: JSON.parse(condition) as AlertRule['condition'],
    on: isOn === 1,
  }
}

/** What is written of a rule. */
export function ruleParams(siteId: string, { on, scope, condition, ...rule }: AlertRule) {
  return {
    siteId,
    ...rule,
    scope: JSON.stringify(scope),
    condition: JSON.stringify(condition),
    isOn: on ? 1 : 0,
  }
}
