import { findByIdOrName, SEVERITIES } from '../../catalog.ts'
import { inSql, joinSql, notSql, sql } from '../sql.ts'
import { literalsOf } from '../syntax.ts'
import { EMPTINESS, EQUALITY, isNegative, valueText, type Field } from './field.ts'

const HAS_NONE = sql('severity_id IS NULL')

/** By option id or value. A ticket without one is not found by `cf[10050] != x`, as in Jira. */
export const severityField: Field = {
  operators: [...EQUALITY, ...EMPTINESS],
  compile({ field, operator, operand }, _context, problems) {
    if (operator === 'is') return HAS_NONE
    if (operator === 'is not') return notSql(HAS_NONE)
    const literals = literalsOf(operand)
    const ids = literals
      .filter(({ kind }) => kind !== 'empty')
      .flatMap((literal) => {
        const text = valueText(literal, field, problems)
        const option = text === null ? undefined : findByIdOrName(SEVERITIES, text)
        if (text !== null && option === undefined) {
          problems.miss(`The option '${text}' for field '${field}' does not exist.`)
        }
        return option?.id ?? []
      })
    // Of a ticket without one nothing is known: neither this nor its opposite, which is what SQL's NULL says.
    const isOne = inSql('severity_id', ids)
    if (isNegative(operator)) return joinSql('AND', [notSql(HAS_NONE), notSql(isOne)])
    return literals.length > ids.length ? joinSql('OR', [isOne, HAS_NONE]) : isOne
  },
}
