import { joinSql, notSql, sql, inSql, type Sql } from '../sql.ts'
import { literalsOf } from '../syntax.ts'
import { EMPTINESS, EQUALITY, isNegative, valueText, type Field } from './field.ts'

const HAS_NONE = "labels = '[]'"

/** Any text may be a label. A ticket without labels is not found by `labels != x`, as in Jira. */
export const labelsField: Field = {
  operators: [...EQUALITY, ...EMPTINESS],
  compile({ field, operator, operand }, _context, problems) {
    if (operator === 'is') return sql(HAS_NONE)
    if (operator === 'is not') return notSql(sql(HAS_NONE))
    const literals = literalsOf(operand)
    const texts = literals
      .filter(({ kind }) => kind !== 'empty')
      .flatMap((literal) => valueText(literal, field, problems) ?? [])
    const emptyToo = texts.length < literals.length
    if (isNegative(operator)) return joinSql('AND', [notSql(sql(HAS_NONE)), notSql(hasOneOf(texts))])
    return emptyToo ? joinSql('OR', [sql(HAS_NONE), hasOneOf(texts)]) : hasOneOf(texts)
  },
}

function hasOneOf(texts: readonly string[]): Sql {
  const wanted = inSql('label', texts)
  return sql(`id IN (SELECT issue_id FROM indexed_labels WHERE ${wanted.text})`, ...wanted.values)
}
