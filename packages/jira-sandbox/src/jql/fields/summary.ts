import { sql, notSql } from '../sql.ts'
import { literalsOf } from '../syntax.ts'
import { readTextQuery } from '../text-match.ts'
import { EMPTINESS, isNegative, valueText, type Field } from './field.ts'

/** By words: `~` alone, as in Jira. A ticket always has a summary. */
export const summaryField: Field = {
  operators: ['~', '!~', ...EMPTINESS],
  compile({ field, operator, operand }, _context, problems) {
    if (operator === 'is' || operator === 'is not') return sql(operator === 'is' ? '0' : '1')
    const [literal] = literalsOf(operand)
    const text = literal === undefined ? null : valueText(literal, field, problems)
    if (text === null) return sql('0')
    const query = readTextQuery(text, field)
    if (typeof query === 'string') problems.refuse(query)
    const matches = sql('matches_text(title, ?)', text)
    return isNegative(operator) ? notSql(matches) : matches
  },
}
