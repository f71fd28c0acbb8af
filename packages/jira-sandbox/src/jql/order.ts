import { joinSql, sql, type Sql } from './sql.ts'
import type { Sort } from './syntax.ts'
import type { QueryProblems } from './problems.ts'

/** One expression that a search is sorted by. */
export interface SortTerm {
  readonly expression: string
  readonly descending: boolean
}

/** What each field sorts by. Urgency grows as a priority's id falls. */
const SORTS: Readonly<Record<string, readonly string[]>> = {
  created: ['created_ms'],
  updated: ['updated_ms'],
  key: ['project_key', 'number'],
  priority: ['-priority_id'],
  id: ['id'],
  summary: ['title'],
  issuetype: ['type_id'],
  status: ['status_id'],
  resolution: ['COALESCE(resolution_id, 0)'],
  reporter: ['reporter_id'],
  // The same for every ticket.
  creator: [],
  assignee: [],
}
const ALIASES: Readonly<Record<string, string>> = {
  createddate: 'created',
  updateddate: 'updated',
  issuekey: 'key',
  issue: 'key',
  type: 'issuetype',
}
const MAX_SORTS = 7

/** Without an ORDER BY the newest come first. */
const NEWEST_FIRST: readonly Sort[] = [{ field: 'created', descending: true }]

/**
 * The terms of an ORDER BY, and last the id, so that no two tickets are equal and a page can begin after any of
 * them. What is wrong with it goes into `problems`, in Jira's words.
 */
export function compileOrder(sorts: readonly Sort[], problems: QueryProblems): SortTerm[] {
  if (sorts.length > MAX_SORTS) problems.refuse(`The maximum number of sort fields is ${MAX_SORTS}.`)
  const terms: SortTerm[] = []
  const seen = new Set<string>()
  for (const { field, descending } of sorts.length > 0 ? sorts : NEWEST_FIRST) {
    const lower = field.toLowerCase()
    const name = ALIASES[lower] ?? lower
    const expressions = Object.hasOwn(SORTS, name) ? SORTS[name] : undefined
    if (expressions === undefined) problems.refuse(`Not able to sort using field '${field}'.`)
    if (seen.has(name))
      problems.refuse(`The sort field '${field}' is referenced multiple times in the JQL sort.`)
    seen.add(name)
    for (const expression of expressions ?? []) terms.push({ expression, descending })
  }
  const last = terms.at(-1)
  return [...terms, { expression: 'id', descending: last?.descending ?? false }]
}

/** `a ASC, b DESC` */
export function orderSql(terms: readonly SortTerm[]): string {
  return terms.map(({ expression, descending }) => `${expression} ${descending ? 'DESC' : 'ASC'}`).join(', ')
}

/**
 * The condition for the rows that come after the one with these sort values. The first term is stated once more by
 * itself, because SQLite finds its way by an index only where a condition does not hang on an OR.
 */
export function afterSql(terms: readonly SortTerm[], values: readonly (string | number)[]): Sql {
  const [first] = terms
  if (first === undefined) return sql('1')
  const from = sql(`${first.expression} ${first.descending ? '<=' : '>='} ?`, values[0] ?? 0)
  return joinSql('AND', [from, strictlyAfter(terms, values)])
}

function strictlyAfter(terms: readonly SortTerm[], values: readonly (string | number)[]): Sql {
  const [term, ...others] = terms
  const [value, ...otherValues] = values
  if (term === undefined || value === undefined) return sql('0')
  const beyond = sql(`${term.expression} ${term.descending ? '<' : '>'} ?`, value)
  const equal = joinSql('AND', [sql(`${term.expression} = ?`, value), strictlyAfter(others, otherValues)])
  return joinSql('OR', [beyond, equal])
}
