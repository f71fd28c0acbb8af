import { ISSUE_COLUMNS, type IssueRow } from '../issues/issue-record.ts'
import type { CompiledQuery } from '../jql/compile.ts'
import { afterSql, orderSql } from '../jql/order.ts'
import { joinSql, type Sql } from '../jql/sql.ts'

/** A row of a page, with the values that it was sorted by. */
export type FoundRow = IssueRow & Record<`sort${number}`, string | number>

/**
 * Selects the next rows of a search, after the one with these sort values; none for the first page. Never an OFFSET:
 * a page costs the same wherever it lies, and tickets that come or go before it do not shift it.
 */
export function pageSql(query: CompiledQuery, after: readonly (string | number)[], limit: number): Sql {
  const sorts = query.order.map(({ expression }, n) => `${expression} AS sort${n}`).join(', ')
  const where = joinSql(
    'AND',
    after.length === 0 ? [query.where] : [query.where, afterSql(query.order, after)],
  )
  return {
    text: `SELECT ${ISSUE_COLUMNS}, ${sorts} FROM indexed_issues
      WHERE ${where.text} ORDER BY ${orderSql(query.order)} LIMIT ?`,
    values: [...where.values, limit],
  }
}

/** Where the page after this row begins. */
export function sortValues(query: CompiledQuery, row: FoundRow): (string | number)[] {
  return query.order.map((_, n) => row[`sort${n}`] ?? 0)
}
