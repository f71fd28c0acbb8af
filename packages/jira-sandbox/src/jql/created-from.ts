import { JqlError } from './jql-error.ts'
import { parseJql } from './parser.ts'
import type { Clause } from './syntax.ts'

/** From which creation time on (epoch ms) a query looks at tickets, where it says so in that form; 0 where it may look at all. */
export function createdFrom(jql: string): number {
  try {
    const { where } = parseJql(jql)
    return where === null ? 0 : earliest(where)
  } catch (error) {
    if (error instanceof JqlError) return 0 // it is refused where it is run
    throw error
  }
}

function earliest(clause: Clause): number {
  if (clause.kind === 'and') return Math.max(0, ...clause.clauses.map(earliest))
  if (clause.kind !== 'comparison' || clause.field.toLowerCase() !== 'created') return 0
  const { operator, operand } = clause
  const isInstant = operand.kind === 'value' && !operand.quoted && /^\d{1,16}$/.test(operand.text)
  return isInstant && (operator === '>=' || operator === '>') ? Number(operand.text) : 0
}
