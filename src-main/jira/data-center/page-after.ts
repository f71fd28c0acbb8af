import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { brokenAnswer, JiraError } from '../errors.ts'

/** A row of a search, as far as paging goes: `sortMs` is the time that the search is sorted by, else its `updated`. */
export interface Row {
  readonly id: string
  readonly sortMs: number
}

/** Rows `startAt` and following of a live result. */
export interface Slice<R extends Row> {
  /** The first row's place, as the server says it. */
  readonly startAt: number
  /** How many rows there are in all, where the server says it. */
  readonly total: number | null
  readonly rows: readonly R[]
}

export interface SliceQuery {
  readonly jql: string
  readonly startAt: number
  readonly maxResults: number
}

interface Page<R extends Row, S> {
  readonly slice: S
  /** Those that the page before did not end with. */
  readonly rows: readonly R[]
  /** Null: this was the last page. */
  readonly next: Position | null
}

/** In which tickets keep their places, whatever happens to them. */
const STABLE_ORDER = 'ORDER BY created ASC, key ASC'

/** Where a search goes on. */
const Position = Type.Object({
  /** Only rows with a sort time from here on (epoch ms, a whole minute) are counted by `startAt`; null: all rows. */
  sinceMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  /** How many rows come before the first that was not read yet. */
  startAt: Type.Integer({ minimum: 0 }),
  /** The last row that was read, which must still stand right before that one; null where nothing comes before. */
  last: Type.Union([Type.Object({ id: Type.String(), sortMs: Type.Number() }), Type.Null()]),
  /** How often in a row it was begun anew without getting on. */
  stalls: Type.Integer({ minimum: 0 }),
  /** Counts the pages, so that no two tokens of a search are alike. */
  page: Type.Integer({ minimum: 0 }),
})

export const START: Position = { sinceMs: null, startAt: 0, last: null, stalls: 0, page: 0 }

/** The most that a page is enlarged to where it does not get on. Servers cap it, commonly at this. */
const LARGEST_PAGE = 1_000

/** Some servers refuse to page beyond 10,000 rows (their search platform's window), so offsets begin anew long before. */
const LONGEST_OFFSET = 5_000

const SEARCH_WINDOW = 10_000

const MAX_STALLS = 12

interface PageParts<R extends Row, S extends Slice<R>> {
  readonly query: OrderedQuery
  readonly pageSize: number
  readonly host: string
  readonly read: (query: SliceQuery) => Promise<S>
}

/**
 * The page after a position. Data Center pages by offset over a live result: when a ticket that was read is edited or
 * leaves, all that follow move up, and those at the edge would never be read. So each page begins with the last row of
 * the one before. Is it there, unchanged, then everything behind it is still to come, since rows never move from behind
 * it to before it: an edit puts a ticket last by `updated` and nowhere else by `created`. Is it not, then the search
 * begins anew at that row's minute, which by the same token leaves nothing out, and gives some tickets again.
 *
 * Every ticket that matches throughout is on some page; one may be on several. Throws `jira-broken` where it does not
 * get on, `jira-refused` where the server allows no paging so far.
 */
export async function pageAfter<R extends Row, S extends Slice<R>>(
  start: Position,
  parts: PageParts<R, S>,
): Promise<Page<R, S>> {
  let position = start
  let looksAgain = false
  for (;;) {
    const slice = await readSlice(position, looksAgain, parts)
    const { rows, total } = slice
    const { last } = position
    const from = sliceStart(position)
    const lastAt = last === null ? -1 : rows.findIndex((row) => isSame(row, last))
    if (last !== null && lastAt === -1) {
      position = anewAt(last, position, parts)
      continue
    }
    const given = rows.filter((_row, n) => n !== lastAt)
    // Rows that came in before the last one have moved it down, perhaps to the end of this page.
    const getsOn = lastAt > 0 || rows.length > lastAt + 1
    const isEnd = total === null ? !getsOn : from + rows.length >= total
    if (isEnd) return { slice, rows: given, next: null }
    if (getsOn) return { slice, rows: given, next: after(slice, from, position, parts) }
    // It says that there is more, and shows nothing: it may have been a moment, or rows that only its index has.
    if (looksAgain && last === null) {
      throw brokenAnswer(parts.host, 'cut', `without the ${total} tickets that it found`)
    }
    if (looksAgain) return { slice, rows: given, next: null }
    looksAgain = true
  }
}

function sliceStart({ startAt, last }: Position): number {
  return last === null ? startAt : startAt - 1
}

async function readSlice<R extends Row, S extends Slice<R>>(
  position: Position,
  looksAgain: boolean,
  { query, pageSize, host, read }: PageParts<R, S>,
): Promise<S> {
  const startAt = sliceStart(position)
  const size = looksAgain ? LARGEST_PAGE : Math.min(pageSize * 2 ** position.stalls, LARGEST_PAGE)
  const maxResults = size + (position.last === null ? 0 : 1)
  try {
    const slice = await read({ jql: queryFrom(query, position.sinceMs), startAt, maxResults })
    if (slice.startAt === startAt) return slice
  } catch (error) {
    const isFar = startAt + maxResults > SEARCH_WINDOW
    throw isFar && error instanceof JiraError && error.status === 500 ? tooFar(host, error) : error
  }
  throw brokenAnswer(host, 'shape', 'with another page of its search than was asked for')
}

function isSame(row: Row, last: NonNullable<Position['last']>): boolean {
  return row.id === last.id && row.sortMs === last.sortMs
}

function after<R extends Row>(
  { rows }: Slice<R>,
  from: number,
  position: Position,
  { query }: Pick<PageParts<R, Slice<R>>, 'query'>,
): Position {
  const last = rows.at(-1)
  const page = position.page + 1
  const startAt = from + rows.length
  if (last === undefined) return { ...position, page }
  const sinceMs = minuteOf(last, query)
  if (startAt >= LONGEST_OFFSET && sinceMs !== null && sinceMs > (position.sinceMs ?? -1)) {
    return { sinceMs, startAt: 0, last: null, stalls: 0, page }
  }
  return { ...position, startAt, last: { id: last.id, sortMs: last.sortMs }, page }
}

function anewAt<R extends Row>(
  last: Row,
  position: Position,
  { query, host }: Pick<PageParts<R, Slice<R>>, 'query' | 'host'>,
): Position {
  const sinceMs = minuteOf(last, query)
  const getsOn = sinceMs !== null && sinceMs > (position.sinceMs ?? -1)
  const stalls = getsOn ? 0 : position.stalls + 1
  if (stalls > MAX_STALLS) {
    throw brokenAnswer(host, 'cut', 'a search with pages that changed faster than they could be read')
  }
  return { sinceMs, startAt: 0, last: null, stalls, page: position.page }
}

/** JQL's times may count in whole minutes only. */
function minuteOf({ sortMs }: Row, { sortTime }: OrderedQuery): number | null {
  return sortTime === null ? null : Math.max(0, Math.floor(sortMs / MS_PER_MINUTE) * MS_PER_MINUTE)
}

function tooFar(host: string, cause: JiraError): JiraError {
  return new JiraError(
    'jira-refused',
    'answered',
    `${host} gives no more than the first ${SEARCH_WINDOW} tickets of a search, and this one has more that cannot be told apart by their minute.`,
    {
      hint: 'Watch fewer priorities or one project, or ask the administrator to raise the limit of its search.',
      cause,
    },
  )
}

export type Position = Readonly<Static<typeof Position>>

export function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Throws an Error where the token is none of `writeToken`'s. */
export function readToken(token: string | null): Position {
  if (token === null) return START
  const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  if (!Check(Position, position)) throw new Error('This is no page token of a Data Center search')
  return position
}

/** A search as it is sent: its order is never left to Jira. */
export interface OrderedQuery {
  /** May be empty. */
  readonly where: string
  /** With its `ORDER BY`. */
  readonly orderBy: string
  /** The time that it is sorted by, the oldest first; null: by something else, so that no place is found again by time. */
  readonly sortTime: 'created' | 'updated' | null
}

/** Reads a query's order; one that has none gets the one that edits do not change. */
export function orderedQuery(jql: string): OrderedQuery {
  // `order` is a reserved word, so it stands outside quotes only where the order begins.
  const at = unquoted(jql).search(/\border\s+by\b/i)
  if (at === -1) return { where: jql.trim(), orderBy: STABLE_ORDER, sortTime: 'created' }
  const [where, orderBy] = [jql.slice(0, at).trim(), jql.slice(at).trim()]
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

/** The text with everything in quotes, and everything escaped, blotted out. Its length stays. */
function unquoted(jql: string): string {
  return jql.replaceAll(/"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\\./gs, (quoted) => '_'.repeat(quoted.length))
}
