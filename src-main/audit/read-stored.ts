import { setImmediate } from 'node:timers/promises'
import { minuteOf, startOfMinute, type Minute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../src-shared/domain/series.ts'
import { tickets as ticketsText } from '../../src-shared/domain/text/sentences.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CountsScope, TicketSource, TicketStore } from '../store/store.ts'
import type { ExportedTicket } from '../store/pages/stored-ticket.ts'
import { isWatched } from '../sync/scope.ts'
import { forEachYielding, type AuditContext } from './audit-context.ts'
import type { Findings } from './findings.ts'

/** How many tickets are asked for at once. */
const READ_BATCH_SIZE = 500

/** The store is read in pieces of this many minutes, each of them at one commit. */
const PIECE_MINUTES = 240

const MAX_TRIES = 20

/** A stored ticket as far as an audit looks at it. */
export interface AuditedTicket {
  readonly id: string
  readonly key: string
  readonly projectKey: string
  readonly priorityId: string
  readonly createdMs: number
  readonly updatedMs: number
  readonly source: TicketSource
}

/** What the store holds and shows of the tickets that are asked for. */
export interface StoredTickets {
  /** Those that count, by id. */
  readonly counted: ReadonlyMap<string, AuditedTicket>
  /** When those were created that are stored and count no more, by id. */
  readonly left: ReadonlyMap<string, number>
  /** Ids of those of `counted` for which there is no room in the counts of their minute. */
  readonly leftOut: ReadonlySet<string>
  /** Where the counts show more than is stored. */
  readonly surplus: readonly PriorityCount[]
  /** How many the counts show, minute by minute. */
  readonly charted: ReadonlyMap<Minute, number>
}

interface StoredQuery {
  readonly siteId: string
  readonly store: Pick<TicketStore, 'counts' | 'seq' | 'ticketsAfter'>
  readonly scope: CountsScope
  readonly span: MinuteSpan
  /** The minutes that are of interest, within the span; null: all of them. */
  readonly minutes: ReadonlySet<Minute> | null
  /** Which tickets are asked for. Others are counted off. */
  readonly isWanted: (id: string) => boolean
  readonly signal: AbortSignal
}

/**
 * Reads stored tickets, and the very counts that the chart shows, between two commits. Throws `busy` where the store
 * changes all the time.
 */
export async function readStored(query: StoredQuery): Promise<StoredTickets> {
  const stored = {
    counted: new Map<string, AuditedTicket>(),
    left: new Map<string, number>(),
    leftOut: new Set<string>(),
    surplus: new Array<PriorityCount>(),
    charted: new Map<Minute, number>(),
  }
  for (const piece of pieces(query)) {
    const { tickets, rows } = await readPiece(piece, query)
    const cells = createCells(rows)
    await forEachYielding(tickets, query.signal, (ticket) => {
      if (ticket.left === null) {
        const isWanted = query.isWanted(ticket.id)
        if (isWanted) stored.counted.set(ticket.id, ticket)
        cells.put(ticket, isWanted)
      } else stored.left.set(ticket.id, ticket.createdMs)
    })
    for (const { minute, charted, leftOut, surplus } of cells.all()) {
      for (const id of leftOut) stored.leftOut.add(id)
      if (query.minutes !== null && !query.minutes.has(minute)) continue
      stored.surplus.push(...surplus)
      stored.charted.set(minute, (stored.charted.get(minute) ?? 0) + charted)
    }
  }
  return stored
}

function* pieces({ span, minutes }: StoredQuery): Generator<MinuteSpan, void, void> {
  const wanted = minutes && new Set([...minutes].map((minute) => Math.floor(minute / PIECE_MINUTES)))
  const first = Math.floor(span.fromMinute / PIECE_MINUTES)
  for (let piece = first; piece * PIECE_MINUTES < span.toMinute; piece++) {
    if (wanted?.has(piece) === false) continue
    yield {
      fromMinute: Math.max(span.fromMinute, piece * PIECE_MINUTES),
      toMinute: Math.min(span.toMinute, (piece + 1) * PIECE_MINUTES),
    }
  }
}

interface Piece {
  /** Those that are counted in the scope, and all that left. */
  readonly tickets: readonly KeptTicket[]
  readonly rows: readonly PriorityCount[]
}

interface KeptTicket extends AuditedTicket {
  readonly left: ExportedTicket['left']
}

async function readPiece(piece: MinuteSpan, query: StoredQuery): Promise<Piece> {
  const { siteId, store, scope } = query
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    query.signal.throwIfAborted()
    const { seq, rows } = await store.counts({ siteId, ...piece, bucketMinutes: 1, ...scope })
    const tickets = await ticketsOf(piece, query)
    if ((await store.seq(siteId)) === seq) return { tickets, rows }
  }
  throw new AppError('busy', 'The store changes faster than it can be checked.', {
    consequence: 'Nothing is lost by that.',
    hint: 'Audit again when less is being fetched.',
    retryable: true,
  })
}

async function ticketsOf(
  { fromMinute, toMinute }: MinuteSpan,
  { siteId, store, scope }: StoredQuery,
): Promise<KeptTicket[]> {
  const kept: KeptTicket[] = []
  const span = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
  for (let after: { createdMs: number; id: string } | null = null; ;) {
    const some: ExportedTicket[] = await store.ticketsAfter({
      siteId,
      projectKey: null,
      ...span,
      after,
      limit: READ_BATCH_SIZE,
    })
    for (const ticket of some) {
      if (ticket.left !== null || isWatched(scope, ticket)) kept.push(keptTicket(ticket))
    }
    await setImmediate()
    const last = some.at(-1)
    if (last === undefined || some.length < READ_BATCH_SIZE) return kept
    after = { createdMs: last.createdMs, id: last.id }
  }
}

function keptTicket(ticket: ExportedTicket): KeptTicket {
  const { id, key, projectKey, priorityId, createdMs, updatedMs, source, left } = ticket
  return { id, key, projectKey, priorityId, createdMs, updatedMs, source, left }
}

interface Cell {
  readonly startMinute: Minute
  readonly priorityId: string
  /** As the counts have it. */
  readonly count: number
  readonly wanted: string[]
  others: number
}

interface CheckedCell {
  readonly minute: Minute
  /** How many of the wanted ones the counts show, and what they show too many. */
  readonly charted: number
  readonly leftOut: readonly string[]
  readonly surplus: readonly PriorityCount[]
}

/** The counts of a minute and priority and the tickets that they should count. Yields to other work first. */
function createCells(rows: readonly PriorityCount[]) {
  const cells = new Map<string, Cell>()
  const cellAt = (startMinute: Minute, priorityId: string, count: number): Cell => {
    const name = `${startMinute} ${priorityId}`
    const known = cells.get(name)
    if (known !== undefined) return known
    const cell = { startMinute, priorityId, count, wanted: [], others: 0 }
    cells.set(name, cell)
    return cell
  }
  for (const { startMinute, priorityId, count } of rows) cellAt(startMinute, priorityId, count)
  return {
    put({ id, createdMs, priorityId }: AuditedTicket, isWanted: boolean): void {
      const cell = cellAt(minuteOf(createdMs), priorityId, 0)
      if (isWanted) cell.wanted.push(id)
      else cell.others += 1
    },
    *all(): Generator<CheckedCell, void, void> {
      for (const cell of cells.values()) yield checkedCell(cell)
    },
  }
}

function checkedCell({ startMinute, priorityId, count, wanted, others }: Cell): CheckedCell {
  const room = Math.max(0, count - others)
  const surplus = count - others - wanted.length
  return {
    minute: startMinute,
    charted: room,
    leftOut: wanted.slice(room),
    surplus: surplus > 0 ? [{ startMinute, priorityId, count: surplus }] : [],
  }
}

/** Counts what is stored and charted, in the minutes that the store has it in; names what only the counts show. */
export async function countShown(
  stored: StoredTickets,
  { table, missing }: Findings,
  runId: string | null,
  signal: AbortSignal,
): Promise<void> {
  await forEachYielding(stored.counted.values(), signal, ({ createdMs }) =>
    table.add(minuteOf(createdMs), 'fetched'),
  )
  await forEachYielding(stored.charted, signal, ([minute, count]) => table.add(minute, 'charted', count))
  for (const { startMinute, count } of stored.surplus) {
    const reason = `the counts of this minute show ${ticketsText(count)} more than are stored`
    missing.add({ key: null, run: runId, slot: null, minute: startMinute, kind: 'not-charted', reason })
  }
}

/** When those tickets were created, as the store has it, that were not where they were looked for; by id. */
export async function findStoredOutside(
  ids: readonly Iterable<string>[],
  { counted, left }: Pick<StoredTickets, 'counted' | 'left'>,
  { siteId, store, signal }: Pick<AuditContext, 'siteId' | 'store' | 'signal'>,
): Promise<Map<string, number>> {
  const unseen: string[] = []
  for (const some of ids) {
    await forEachYielding(some, signal, (id) => counted.has(id) || left.has(id) || unseen.push(id))
  }
  const found = await store.countedTickets(siteId, unseen)
  return new Map(found.map(({ id, createdMs }) => [id, createdMs]))
}
