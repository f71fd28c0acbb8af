import { findIssueType } from '../../catalog.ts'
import { inSql, notSql, sql } from '../sql.ts'
import { literalsOf } from '../syntax.ts'
import { EMPTINESS, EQUALITY, isNegative, noSuchValue, valueText, type Field } from './field.ts'

/** By id or name. A ticket always has a type. */
export const issueTypeField: Field = {
  operators: [...EQUALITY, ...EMPTINESS],
  compile({ field, operator, operand }, _context, problems) {
    if (operator === 'is' || operator === 'is not') return sql(operator === 'is' ? '0' : '1')
    const ids = literalsOf(operand).flatMap((literal) => {
      const text = valueText(literal, field, problems)
      const type = text === null ? undefined : findIssueType(text)
      if (text !== null && type === undefined) problems.miss(noSuchValue(text, field))
      return type?.id ?? []
    })
    const isOne = inSql('type_id', ids)
    return isNegative(operator) ? notSql(isOne) : isOne
  },
}
