import { COMPONENTS, findByIdOrName } from '../../catalog.ts'
import { inSql, joinSql, notSql, sql, type Sql } from '../sql.ts'
import { literalsOf } from '../syntax.ts'
import { EMPTINESS, EQUALITY, isNegative, noSuchValue, valueText, type Field } from './field.ts'

const HAS_NONE = sql("components = '[]'")

/** By id or name. A ticket may have several; one without any is not found by `component != x`, as in Jira. */
export const componentField: Field = {
  operators: [...EQUALITY, ...EMPTINESS],
  compile({ field, operator, operand }, _context, problems) {
    if (operator === 'is') return HAS_NONE
    if (operator === 'is not') return notSql(HAS_NONE)
    const named = literalsOf(operand).filter(({ kind }) => kind !== 'empty')
    const ids = named.flatMap((literal) => {
      const text = valueText(literal, field, problems)
      const component = text === null ? undefined : findByIdOrName(COMPONENTS, text)
      if (text !== null && component === undefined) problems.miss(noSuchValue(text, field))
      return component?.id ?? []
    })
    if (isNegative(operator)) return joinSql('AND', [notSql(HAS_NONE), notSql(hasOneOf(ids))])
    const emptyToo = named.length < literalsOf(operand).length
    return emptyToo ? joinSql('OR', [HAS_NONE, hasOneOf(ids)]) : hasOneOf(ids)
  },
}

function hasOneOf(ids: readonly number[]): Sql {
  const wanted = inSql('value', ids)
  return sql(`EXISTS (SELECT 1 FROM json_each(components) WHERE ${wanted.text})`, ...wanted.values)
}
