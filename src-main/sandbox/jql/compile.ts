import type { JqlContext } from './fields/field.ts'
import { JqlError } from './jql-error.ts'
import { compileOrder, type SortTerm } from './order.ts'
import { parseJql } from './parser.ts'
import type { Sql } from './sql.ts'
import { compileWhere } from './where.ts'

/** A query made ready to run on `indexed_issues`. */
export interface CompiledQuery {
  readonly where: Sql
  readonly order: readonly SortTerm[]
}

const UNBOUNDED = 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'

/** Reads a query and checks it against the site. Throws a JqlError with every sentence that Jira would answer. */
export function compileJql(text: string, context: JqlContext): CompiledQuery {
  const query = parseJql(text)
  if (query.where === null) throw new JqlError([UNBOUNDED])
  const problems: string[] = []
  const where = compileWhere(query.where, context, problems)
  const order = compileOrder(query.orderBy, problems)
  if (problems.length > 0) throw new JqlError([...new Set(problems)])
  return { where, order }
}
