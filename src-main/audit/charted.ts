import { minuteOf, minuteSpan, startOfMinute } from '../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../src-shared/domain/series.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CountsScope, Run, Store } from '../store/store.ts'

/** What the store has and shows of a run's watched tickets, all of it at one commit. */
export interface ChartedTickets {
  /** Those that are stored and counted. */
  readonly fetched: readonly Ticket[]
  /** What the counts of their minutes show, less the stored tickets there that are not of the run. */
  readonly charted: number
  /** Those of `fetched` that the counts of their minutes leave out. */
  readonly uncharted: readonly Ticket[]
}

const MOST_TRIES = 20

/**
 * Reads the store between two commits: the chart's own counts and the tickets that they are made of. `ids` are the
 * run's watched tickets. Throws `busy` where the store changes all the time.
 */
export async function readCharted(
  store: Store,
  run: Run,
  scope: CountsScope,
  ids: readonly string[],
): Promise<ChartedTickets> {
  const watched = new Set(scope.priorityIds)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const seq = await store.seq(run.siteId)
    const counted = await store.countedTickets(run.siteId, ids)
    const fetched = counted.filter(({ priorityId }) => watched.has(priorityId))
    const span = spanOf(run, fetched)
    const { rows } = await store.counts({ siteId: run.siteId, ...span, bucketMinutes: 1, ...scope })
    const stored = await store.tickets({
      siteId: run.siteId,
      ...scope,
      fromMs: startOfMinute(span.fromMinute),
      toMs: startOfMinute(span.toMinute),
      limit: total(rows) + fetched.length + 1,
    })
    if ((await store.seq(run.siteId)) !== seq) continue
    const ofRun = new Set(ids)
    const others = stored.filter(({ id }) => !ofRun.has(id))
    return { fetched, charted: total(rows) - others.length, uncharted: leftOut(rows, fetched, others) }
  }
  throw new AppError('busy', 'The store changes faster than it can be checked. Nothing is lost by that.', {
    hint: 'Audit again when less is being fetched.',
    retryable: true,
  })
}

/** The minutes of the plan and those in which its tickets were created, which may be later. */
function spanOf(run: Run, tickets: readonly Ticket[]): { fromMinute: number; toMinute: number } {
  const created = tickets.map(({ createdMs }) => createdMs)
  return minuteSpan(
    created.reduce((a, b) => Math.min(a, b), run.startMs),
    created.reduce((a, b) => Math.max(a, b + 1), run.endMs),
  )
}

/** Where a minute's count is smaller than its tickets, as many of the run's as are missing. */
function leftOut(
  rows: readonly PriorityCount[],
  fetched: readonly Ticket[],
  others: readonly Ticket[],
): Ticket[] {
  const room = new Map<string, number>()
  for (const { startMinute, priorityId, count } of rows) room.set(`${startMinute} ${priorityId}`, count)
  const fits = (ticket: Ticket): boolean => {
    const cell = `${minuteOf(ticket.createdMs)} ${ticket.priorityId}`
    const left = room.get(cell) ?? 0
    room.set(cell, left - 1)
    return left > 0
  }
  others.forEach(fits)
  return fetched.filter((ticket) => !fits(ticket))
}

function total(rows: readonly PriorityCount[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0)
}
