import { findByIdOrName, type CatalogPriority } from '../../catalog.ts'
import { inSql, joinSql, notSql, sql, type Sql } from '../sql.ts'
import { literalsOf, type Operand, type Operator } from '../syntax.ts'
import { EMPTINESS, EQUALITY, isNegative, noSuchValue, ORDERING, valueText, type Field } from './field.ts'
import type { QueryProblems } from '../problems.ts'

/** Ids are smaller the more urgent they are, so `priority > Low` means a smaller id. */
const BY_URGENCY: Partial<Record<Operator, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** By id or name, by urgency, and by what a ticket was. A ticket of the sandbox always has a priority. */
export const priorityField: Field = {
  operators: [...EQUALITY, ...ORDERING, ...EMPTINESS, 'was', 'was not', 'was in', 'was not in'],
  compile({ field, operator, operand }, { priorities }, problems) {
    if (operator === 'is' || operator === 'is not') return sql(operator === 'is' ? '0' : '1')
    const ids = chosen(priorities, operand, field, problems).map(({ id }) => id)
    const ordering = BY_URGENCY[operator]
    if (ordering !== undefined) return sql(`priority_id ${ordering} ?`, ids[0] ?? 0)
    const holds = operator.startsWith('was') ? wasOneOf(ids) : inSql('priority_id', ids)
    return isNegative(operator) ? notSql(holds) : holds
  },
}

/** What a ticket was includes what it is. */
function wasOneOf(ids: readonly number[]): Sql {
  const changed = inSql('change.from_id', ids)
  const before = `EXISTS (SELECT 1 FROM priority_changes AS change
    WHERE change.issue_id = indexed_issues.id AND ${changed.text})`
  return joinSql('OR', [inSql('priority_id', ids), sql(before, ...changed.values)])
}

function chosen(
  priorities: readonly CatalogPriority[],
  operand: Operand,
  field: string,
  problems: QueryProblems,
): CatalogPriority[] {
  return literalsOf(operand).flatMap((literal) => {
    const text = valueText(literal, field, problems)
    if (text === null) return []
    const priority = findByIdOrName(priorities, text)
    if (priority === undefined) problems.miss(noSuchValue(text, field))
    return priority ?? []
  })
}
