import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { clearMissingMarks } from '../census.ts'
import { countWrites } from '../count-cells.ts'
import { decidePage, isNews, type DecidedRow, type PageDecision, type StoredRemoval } from './decide-page.ts'
import { createReporters } from '../fields/reporters.ts'
import { OF_FIELDS, storedFields, type GivenTicket, type StoredTicket } from '../fields/stored-fields.ts'
import { notKept, planReplaced, tablesReplaced } from '../errors.ts'
import { advancePiece, moveWatermark, openPiece } from '../progress.ts'
import { raiseSeq, takeBackSeq } from '../seq.ts'
import { rows, sql, storable, type Database, type Statement, type Steps, type Tx } from '../sql.ts'
import { splitLast } from '../steps.ts'
import type { PageCommit, Removal, TicketPage } from '../store.ts'
import { OF_ROW, OF_TICKET, type TicketRow } from './stored-ticket.ts'
import { BY_IDS, STORED_TICKET } from '../tickets.ts'

const STORED = `SELECT ${STORED_TICKET} FROM {${BY_IDS}}`

const WRITTEN = Object.entries({ ...OF_TICKET, ...OF_FIELDS, ...OF_ROW })
const COLUMNS = WRITTEN.map(([, [column]]) => column)

const INSERT = `
  INSERT INTO tickets (site_id, first_seen_ms, ${COLUMNS.join(', ')})
  VALUES (:siteId, :seenAtMs, ${WRITTEN.map(([field, [, type]]) => `:${field}[${type}]`).join(', ')})`

const OR_REWRITE = `
  ON CONFLICT (site_id, id) DO UPDATE
  SET ${COLUMNS.filter((column) => column !== 'id')
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`

/** What a fetch writes. */
export function createPages(db: Database) {
  const reporters = createReporters(db)
  return {
    /**
     * Stores a page. Of two versions of a ticket the one with the larger `updatedMs` stays. Where nothing differs from what
     * is stored, `seq` does not move. Pages of more than 500 tickets are committed in parts; the removals, the watermark and
     * the piece's progress go with the last. A ticket of any page is missed no more.
     *
     * A ticket that had left counts again when a page shows a version of it that is not older than its leaving. One that
     * was `deleted` or `hidden` may come back just as it was, when a permission returns; but an index that lags may also
     * go on showing it. So it comes back unchanged only from a page read `byId`, seen no earlier than it left. Other pages
     * that show it change nothing and name it in `doubtful`, for the caller to read by id.
     *
     * What was created before the time from which tickets are kept (`keepFrom`) is left alone; an import of it is refused (`usage`).
     */
    async applyPage(page: TicketPage): Promise<PageCommit> {
      const apply = (part: PagePart): Promise<PageCommit> => db.write((tx) => applyPart(tx, part))
      const digestOf = namesReporter(page) ? await reporters(page.siteId) : String
      const stored = (ticket: GivenTicket): StoredTicket => storedTicket(ticket, digestOf)
      const [former, last] = splitLast(page.tickets, db.batch.places)
      const commits: PageCommit[] = []
      for (let from = 0; from < former.length; from += db.batch.places) {
        const tickets = former.slice(from, from + db.batch.places).map(stored)
        commits.push(await apply({ ...page, tickets, removals: [], watermarkMs: null, last: false }))
        await setImmediate()
      }
      const removals = page.removals.map((removal) => storedRemoval(removal, stored))
      commits.push(await apply({ ...page, tickets: last.map(stored), removals, last: true }))
      return commits.reduce(summedUp)
    },
  }
}

/**
 * What one transaction takes of a page. What stands for all of the page goes with the last part: its removals, the
 * watermark, and the piece's progress; the others have the piece only to be refused with it.
 */
interface PagePart extends Omit<TicketPage, 'tickets' | 'removals'> {
  readonly tickets: readonly StoredTicket[]
  readonly removals: readonly StoredRemoval[]
  readonly last: boolean
}

function namesReporter({ tickets, removals }: TicketPage): boolean {
  return tickets.some(hasReporter) || removals.some(({ ticket }) => hasReporter(ticket))
}

function hasReporter(ticket: GivenTicket | undefined): boolean {
  return typeof ticket?.reporterId === 'string'
}

/** A ticket as its row keeps it. `digestOf` makes the digest of who reported it. */
export function storedTicket(given: GivenTicket, digestOf: (reporterId: string) => string): StoredTicket {
  const { id, key, projectKey, title, priorityId, priorityName, status, createdMs, updatedMs } = given
  const form = { id, key, projectKey, title, priorityId, priorityName, status, createdMs, updatedMs }
  return { ...storable(form), ...storedFields(given, digestOf) }
}

function storedRemoval(
  { ticket, ...removal }: Removal,
  stored: (ticket: GivenTicket) => StoredTicket,
): StoredRemoval {
  return { ...storable(removal), ...(ticket !== undefined && { ticket: stored(ticket) }) }
}

function summedUp(done: PageCommit, next: PageCommit): PageCommit {
  return {
    seq: next.seq,
    inserted: done.inserted + next.inserted,
    updated: done.updated + next.updated,
    left: done.left + next.left,
    removed: done.removed + next.removed,
    doubtful: [...done.doubtful, ...next.doubtful],
    changed: [...done.changed, ...next.changed],
  }
}

/** Two round trips: what is read under the site's lock, and what is written, with the commit. */
function* applyPart(tx: Tx, part: PagePart): Steps<PageCommit> {
  const { siteId, epoch, piece } = part
  const ids = [...part.tickets, ...part.removals].map((one) => one.id)
  const [[site], stored, open] = yield* rows(
    raiseSeq(siteId),
    sql<TicketRow>(STORED, { siteId, ids: [...new Set(ids)] }),
    piece === undefined ? null : openPiece(part, piece),
  )
  assert(site !== undefined)
  // A fetch that began before the tables were dropped knows a watermark that the new ones have not reached.
  if (epoch !== undefined && epoch !== site.resetSeq) throw tablesReplaced()
  if (piece !== undefined && open.length === 0) throw planReplaced()

  const decision = decidePage(keptOf(part, site.keptFromMs), new Map(stored.map((row) => [row.id, row])))
  const { inserted, updated, left, removed, doubtful, changed } = decision
  const writes = [...rowWrites(part, decision, site.seq), ...progressWrites(part)]
  tx.send(...writes)
  if (isNews(decision)) tx.notify(siteId, 'tickets')
  // A fetch reads again what it has read before: that is no news to anyone, and waits for no disk.
  else if (writes.length > 0) tx.send(takeBackSeq(siteId))
  else tx.discard()
  const seq = isNews(decision) ? site.seq : site.seq - 1
  return { seq, inserted, updated, left, removed, doubtful, changed }
}

/** A page without what is not kept. Of Jira it is left alone; whoever imports is told. */
function keptOf(part: PagePart, keptFromMs: number | null): PagePart {
  if (keptFromMs === null) return part
  const isKept = (ticket: StoredTicket | undefined): boolean =>
    ticket === undefined || ticket.createdMs >= keptFromMs
  const tickets = part.tickets.filter(isKept)
  const removals = part.removals.filter(({ ticket }) => isKept(ticket))
  const isWhole = tickets.length + removals.length === part.tickets.length + part.removals.length
  if (!isWhole && (part.source ?? 'jira') !== 'jira') throw notKept(keptFromMs)
  return { ...part, tickets, removals }
}

function rowWrites({ siteId, seenAtMs }: PagePart, decision: PageDecision, seq: number): Statement[] {
  const { rows: decided, seenAgain, deltas } = decision
  return [
    ...ticketWrites(siteId, decided, seenAtMs),
    ...(seenAgain.length > 0 ? [clearMissingMarks(siteId, seenAgain)] : []),
    ...countWrites(siteId, deltas, seq),
  ]
}

/** The progress that a page makes: it goes with its last part. */
function progressWrites(part: PagePart): Statement[] {
  const { watermarkMs, piece, last } = part
  if (!last) return []
  return [
    ...(watermarkMs === null ? [] : [moveWatermark(part, watermarkMs)]),
    ...(piece === undefined ? [] : advancePiece(part, piece)),
  ]
}

/**
 * Writes rows as they are to be, one an id; `seenAtMs` is when the new ones were first seen. Under the site's write lock:
 * what was not there when the rows were decided on is not there now, and a plain insert takes a quarter less time.
 */
export function ticketWrites(siteId: string, decided: readonly DecidedRow[], seenAtMs: number): Statement[] {
  const params = { siteId, seenAtMs }
  const added = { text: INSERT, params, rows: decided.filter((row) => row.isNew) }
  const rewritten = { text: `${INSERT} ${OR_REWRITE}`, params, rows: decided.filter((row) => !row.isNew) }
  return [added, rewritten].filter((one) => one.rows.length > 0)
}
