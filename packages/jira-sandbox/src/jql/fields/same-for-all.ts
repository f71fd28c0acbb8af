import { sql, type Sql } from '../sql.ts'
import { literalsOf, type ComparedField, type Literal } from '../syntax.ts'
import {
  EMPTINESS,
  EQUALITY,
  isNegative,
  noSuchValue,
  valueText,
  type Field,
  type JqlContext,
} from './field.ts'

/** Something that a ticket may have, by every name that a query may give it. */
interface Choice {
  readonly id: string | number
  readonly names: readonly string[]
}

/**
 * A field that names somebody, and the same of every ticket, since the sandbox has one account. `current` is the id of
 * what they have; null: none, and then a query for anything finds nothing, whether it asks for that or for its opposite.
 */
export function sameForAll(options: {
  readonly choices: (context: JqlContext) => readonly Choice[]
  readonly current: (context: JqlContext) => string | number | null
}): Field {
  const { choices, current } = options

  const idOf = (literal: Literal, field: string, context: JqlContext): string | number | null | undefined => {
    if (literal.kind === 'empty') return null
    if (literal.kind === 'function') {
      const isCurrentUser = literal.name.toLowerCase() === 'currentuser' && literal.arguments.length === 0
      return isCurrentUser ? context.users[0]?.id : undefined
    }
    const wanted = literal.text.toLowerCase()
    return choices(context).find(({ names }) => names.some((name) => name.toLowerCase() === wanted))?.id
  }

  return {
    operators: [...EQUALITY, ...EMPTINESS],
    compile({ field, operator, operand }: ComparedField, context, problems): Sql {
      const has = current(context)
      if (operator === 'is' || operator === 'is not') return holds((has === null) === (operator === 'is'))
      const wanted = literalsOf(operand).map((literal) => {
        const id = idOf(literal, field, context)
        if (id !== undefined) return id
        const text = valueText(literal, field, problems)
        if (text !== null) problems.miss(noSuchValue(text, field))
        return undefined
      })
      if (!isNegative(operator)) return holds(wanted.includes(has))
      return holds(has !== null && !wanted.includes(has))
    },
  }
}

function holds(isTrue: boolean): Sql {
  return sql(isTrue ? '1' : '0')
}
