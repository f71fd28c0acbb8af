import { inSql, notSql, sql } from '../sql.ts'
import { literalsOf, type Literal } from '../syntax.ts'
import type { QueryProblems } from '../problems.ts'
import {
  EMPTINESS,
  EQUALITY,
  isNegative,
  noSuchValue,
  valueText,
  type Field,
  type JqlContext,
} from './field.ts'

/** By account id, user name, address or display name, and `currentUser()`. A ticket always has a reporter. */
export const reporterField: Field = {
  operators: [...EQUALITY, ...EMPTINESS],
  compile({ field, operator, operand }, context, problems) {
    if (operator === 'is' || operator === 'is not') return sql(operator === 'is' ? '0' : '1')
    const ids = literalsOf(operand).flatMap((literal) => userId(literal, field, context, problems) ?? [])
    const isOne = inSql('reporter_id', ids)
    return isNegative(operator) ? notSql(isOne) : isOne
  },
}

function userId(
  literal: Literal,
  field: string,
  { users }: JqlContext,
  problems: QueryProblems,
): number | undefined {
  if (literal.kind === 'function' && literal.name.toLowerCase() === 'currentuser') return users[0]?.id
  const text = valueText(literal, field, problems)
  if (text === null) return undefined
  const wanted = text.toLowerCase()
  const user = users.find(({ names }) => names.some((name) => name.toLowerCase() === wanted))
  if (user === undefined) problems.miss(noSuchValue(text, field))
  return user?.id
}
