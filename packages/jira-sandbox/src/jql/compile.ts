import type { JqlContext } from './fields/field.ts'
import { JqlError } from './jql-error.ts'
import { compileOrder, type SortTerm } from './order.ts'
import { parseJql } from './parser.ts'
import { createProblems } from './problems.ts'
import { inSql, joinSql, sql, type Sql } from './sql.ts'
import { compileWhere } from './where.ts'

/** A query made ready to run on `indexed_issues`. */
export interface CompiledQuery {
  readonly where: Sql
  readonly order: readonly SortTerm[]
}

const UNBOUNDED = 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'

/** Reads a query and checks it against the site. Throws a JqlError with every sentence that Jira would answer. */
export function compileJql(text: string, context: JqlContext): CompiledQuery {
  const { problems, unbounded, ...query } = readJql(text, context)
  if (unbounded) throw new JqlError([UNBOUNDED])
  if (problems.length > 0) throw new JqlError(problems)
  return query
}

/** A query with what it asks for that the site has not: it finds nothing for that. */
export interface ReadQuery extends CompiledQuery {
  readonly problems: readonly string[]
  /** It asks for every ticket there is, which Jira Cloud does not allow. */
  readonly unbounded: boolean
}

/** Reads a query. Throws a JqlError where it is none: an unknown field, function, operator or form of a value. */
export function readJql(text: string, context: JqlContext): ReadQuery {
  const query = parseJql(text)
  const problems = createProblems()
  const asked = query.where === null ? sql('1') : compileWhere(query.where, context, problems)
  const where = onlySeen(asked, context)
  const order = compileOrder(query.orderBy, problems)
  if (problems.isRefused()) throw new JqlError(problems.all())
  return { where, order, problems: problems.all(), unbounded: query.where === null }
}

/** The condition, for those tickets that the account sees. Where it sees all of them nothing is added. */
function onlySeen(where: Sql, { projects, seesAll }: JqlContext): Sql {
  if (seesAll) return where
  const keys = projects.all().map(({ key }) => key)
  return joinSql('AND', [where, inSql('+project_key', keys)])
}
