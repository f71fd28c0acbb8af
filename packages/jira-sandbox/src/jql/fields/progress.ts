import { findByIdOrName, RESOLUTIONS, STATUSES, type CatalogOption } from '../../catalog.ts'
import { inSql, joinSql, notSql, sql } from '../sql.ts'
import { literalsOf, type Literal } from '../syntax.ts'
import type { QueryProblems } from '../problems.ts'
import { EMPTINESS, EQUALITY, isNegative, noSuchValue, valueText, type Field } from './field.ts'

// How far a ticket has come.

const OPERATORS = [...EQUALITY, ...EMPTINESS, 'was', 'was not', 'was in', 'was not in'] as const

/** By id or name, and by what a ticket was: all that comes before what it is. A ticket always has a status. */
export const statusField: Field = {
  operators: OPERATORS,
  compile({ field, operator, operand }, _context, problems) {
    if (operator === 'is' || operator === 'is not') return sql(operator === 'is' ? '0' : '1')
    const ids = literalsOf(operand).flatMap((literal) => idOf(STATUSES, literal, field, problems) ?? [])
    const earliest = sql('status_id >= ?', Math.min(...ids, Number.MAX_SAFE_INTEGER))
    const holds = operator.startsWith('was') ? earliest : inSql('status_id', ids)
    return isNegative(operator) ? notSql(holds) : holds
  },
}

const UNRESOLVED = sql('resolution_id IS NULL')

/** By id or name, `Unresolved` for none. A ticket without one is not found by `!=`, as in Jira. Each was unresolved. */
export const resolutionField: Field = {
  operators: OPERATORS,
  compile({ field, operator, operand }, _context, problems) {
    if (operator === 'is') return UNRESOLVED
    if (operator === 'is not') return notSql(UNRESOLVED)
    const literals = literalsOf(operand)
    const ofNone = literals.filter(
      (literal) =>
        literal.kind === 'empty' || (literal.kind === 'value' && literal.text.toLowerCase() === 'unresolved'),
    )
    const others = literals.filter((literal) => !ofNone.includes(literal))
    const isOne = inSql(
      'resolution_id',
      others.flatMap((literal) => idOf(RESOLUTIONS, literal, field, problems) ?? []),
    )
    if (operator.startsWith('was')) {
      const was = ofNone.length > 0 ? sql('1') : joinSql('AND', [notSql(UNRESOLVED), isOne])
      return isNegative(operator) ? notSql(was) : was
    }
    if (isNegative(operator)) return joinSql('AND', [notSql(UNRESOLVED), notSql(isOne)])
    return ofNone.length > 0 ? joinSql('OR', [isOne, UNRESOLVED]) : isOne
  },
}

function idOf(
  choices: readonly CatalogOption[],
  literal: Literal,
  field: string,
  problems: QueryProblems,
): number | undefined {
  const text = valueText(literal, field, problems)
  if (text === null) return undefined
  const found = findByIdOrName(choices, text)
  if (found === undefined) problems.miss(noSuchValue(text, field))
  return found?.id
}
