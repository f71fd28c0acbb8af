/** A query cut in two. Both parts may be empty. */
interface CutQuery {
  readonly where: string
  /** With its `ORDER BY`. */
  readonly orderBy: string
}

/** A time that a search is sorted by first, the oldest first. */
type SortTime = 'created' | 'updated'

/** A search as it is sent: its order is never left to Jira. */
export interface OrderedQuery extends CutQuery {
  /** Null: sorted by something else, so that a place in it cannot be found again by time. */
  readonly sortTime: SortTime | null
}

/** In which tickets keep their places, whatever happens to them. */
const STABLE_ORDER = 'ORDER BY created ASC, key ASC'

/** Reads a query's order; one that has none gets the one that edits do not change. */
export function orderedQuery(jql: string): OrderedQuery {
  const { where, orderBy } = cutQuery(jql)
  if (orderBy === '') return { where, orderBy: STABLE_ORDER, sortTime: 'created' }
  // Without ASC, Jira sorts times the newest first.
  const first = /^order\s+by\s+(created|createddate|updated|updateddate)\s+asc\s*(,|$)/i.exec(orderBy)?.[1]
  const sortTime =
    first === undefined ? null : first.toLowerCase().startsWith('created') ? 'created' : 'updated'
  return { where, orderBy, sortTime }
}

/** The query, from a time (epoch ms) of its sort on. */
export function queryFrom({ where, orderBy, sortTime }: OrderedQuery, sinceMs: number | null): string {
  if (sinceMs === null || sortTime === null) return `${where} ${orderBy}`.trim()
  const from = `${sortTime} >= ${sinceMs}`
  return `${where === '' ? from : `(${where}) AND ${from}`} ${orderBy}`
}

/** `order` is a reserved word, so it stands outside quotes only where the order begins. */
function cutQuery(jql: string): CutQuery {
  const at = unquoted(jql).search(/\border\s+by\b/i)
  if (at === -1) return { where: jql.trim(), orderBy: '' }
  return { where: jql.slice(0, at).trim(), orderBy: jql.slice(at).trim() }
}

/** The text with everything in quotes, and everything escaped, blotted out. Its length stays. */
function unquoted(jql: string): string {
  return jql.replaceAll(/"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\\./gs, (quoted) => '_'.repeat(quoted.length))
}
