import type { SiteTime } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'
import type { CleanUpParts } from './clean-up.ts'
import type { OwnTicket } from './own-ticket.ts'

/** Has what was deleted leave the chart, and writes it down: what comes while one commit is under way goes with the next. */
export interface Removals {
  /** Resolves when few enough are unwritten that one more may be deleted. Throws as `flush`. */
  room(): Promise<void>
  /** A ticket was deleted. */
  note(ticket: OwnTicket): void
  /** Resolves when all that was noted is written. Throws what the store throws; what was not written is kept for the next. */
  flush(): Promise<void>
}

export interface RemovalParts {
  readonly siteId: string
  readonly runId: string
  readonly store: Pick<Store, 'markRemoved'>
  readonly siteTime: Pick<SiteTime, 'now'>
  readonly onDeleted: CleanUpParts['onDeleted']
  /** It could not be written. `flush` throws it again. */
  readonly onTrouble: (error: unknown) => void
}

/** At most so many are deleted and not written yet: what a process leaves undone that is killed. */
const MAX_UNWRITTEN = 16

export function createRemovals(parts: RemovalParts): Removals {
  const { siteId, runId, store, siteTime, onDeleted, onTrouble } = parts
  let noted: OwnTicket[] = []
  let inHand = 0
  let writing: Promise<void> | null = null

  const write = async (): Promise<void> => {
    while (noted.length > 0) {
      const some = noted
      noted = []
      inHand = some.length
      try {
        const atMs = siteTime.now()
        // In this order: what is marked is not looked at again, and would stay in the chart if the process died between.
        await onDeleted(
          some.map((ticket) => ({ id: ticket.id, ticket })),
          atMs,
        )
        await store.markRemoved(
          siteId,
          runId,
          some.map(({ slot }) => slot),
          atMs,
        )
      } catch (error) {
        noted = [...some, ...noted]
        throw error
      } finally {
        inHand = 0
      }
    }
  }
  const begin = (): Promise<void> => (writing ??= write().finally(() => (writing = null)))
  return {
    async room() {
      while (noted.length + inHand >= MAX_UNWRITTEN) await begin()
    },
    note(ticket) {
      noted.push(ticket)
      begin().catch(onTrouble)
    },
    async flush() {
      await writing
      if (noted.length > 0) await begin()
    },
  }
}
