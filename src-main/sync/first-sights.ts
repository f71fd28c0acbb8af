import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { Clock } from '../runtime/clock.ts'
import type { IndexLagMeter } from './index-lag.ts'

/** So many tickets of a pass are remembered; after a longer one, what is new in the next is not measured. */
const MAX_REMEMBERED = 20_000

/** A pass that ended longer ago says nothing of when a ticket came into sight. */
const MIN_RECENT_MS = 30_000

/** A whole pass: what it showed of tickets that had not been edited since they were made. */
interface Pass {
  readonly sinceMs: number
  readonly ids: Set<string>
  readonly endedMs: number
}

/**
 * Measures the index lag by tickets that others make. One that was never edited, and that this pass shows and the last
 * one did not although it read that time too, came into sight between the two. Where the last pass was long ago
 * (asleep, offline) or did not come to its end, it says nothing.
 */
export interface FirstSights {
  /** A pass begins that reads what changed since (site epoch ms). */
  began(sinceMs: number): void
  /** A page came. Tickets in `except` were asked for by id, and shown whatever the index does. */
  page(tickets: readonly Ticket[], siteMs: number, except: readonly string[]): void
  /** The pass came to its end. */
  ended(): void
}

export function createFirstSights(options: {
  readonly lag: IndexLagMeter
  readonly clock: Clock
  readonly intervalMs: number
}): FirstSights {
  const { lag, clock, intervalMs } = options
  const recentMs = Math.max(MIN_RECENT_MS, 2 * intervalMs)
  let last: Pass | null = null
  let now: Omit<Pass, 'endedMs'> = { sinceMs: 0, ids: new Set() }

  const isNew = ({ id, createdMs }: Ticket): boolean =>
    last !== null &&
    clock.now() - last.endedMs <= recentMs &&
    createdMs >= last.sinceMs &&
    !last.ids.has(id) &&
    !now.ids.has(id)

  return {
    began: (sinceMs) => void (now = { sinceMs, ids: new Set() }),
    page(tickets, siteMs, except) {
      for (const ticket of tickets) {
        if (ticket.createdMs !== ticket.updatedMs || ticket.createdMs < now.sinceMs) continue
        if (isNew(ticket) && !except.includes(ticket.id)) lag.add(siteMs - ticket.createdMs, siteMs)
        now.ids.add(ticket.id)
      }
    },
    ended() {
      last = now.ids.size > MAX_REMEMBERED ? null : { ...now, endedMs: clock.now() }
    },
  }
}
