import { readDate } from '../dates.ts'
import { inSql, notSql, sql } from '../sql.ts'
import { literalsOf, type Literal } from '../syntax.ts'
import { EMPTINESS, EQUALITY, isNegative, ORDERING, type Field, type JqlContext } from './field.ts'
import type { QueryProblems } from '../problems.ts'

const FORMATS =
  "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."

/** A time that every ticket has, kept as epoch ms in `column`. */
export function dateField(column: 'created_ms' | 'updated_ms'): Field {
  return {
    operators: [...EQUALITY, ...ORDERING, ...EMPTINESS],
    compile({ field, operator, operand }, context, problems) {
      if (operator === 'is' || operator === 'is not') return sql(operator === 'is' ? '0' : '1')
      const instants = literalsOf(operand).map((literal) => instant(literal, field, context, problems))
      if (operator === '<' || operator === '<=' || operator === '>' || operator === '>=') {
        return sql(`${column} ${operator} ?`, instants[0] ?? 0)
      }
      const isOne = inSql(column, instants)
      return isNegative(operator) ? notSql(isOne) : isOne
    },
  }
}

function instant(literal: Literal, field: string, context: JqlContext, problems: QueryProblems): number {
  const epochMs = readDate(literal, context)
  if (epochMs !== null) return epochMs
  if (literal.kind === 'empty') {
    problems.refuse(`The field '${field}' does not support searching for EMPTY values.`)
  } else if (literal.kind === 'function') {
    problems.refuse(`Unable to find JQL function '${literal.name}(${literal.arguments.join(', ')})'.`)
  } else {
    problems.refuse(`Date value '${literal.text}' for field '${field}' is invalid. ${FORMATS}`)
  }
  return 0
}
