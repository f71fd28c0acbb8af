import { setImmediate } from 'node:timers/promises'
import { sleep } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { Store } from '../store/store.ts'

interface OldTicketParts {
  readonly store: Pick<Store, 'deleteOld' | 'knowOldTickets' | 'sumOldTickets'>
  readonly siteId: string
  readonly log: Log
  readonly clock: Pick<Clock, 'sleep'>
}

const RETRY_MS = 60_000

/**
 * Makes up step by step for what others left undone: deletes what is not kept, sums for what is usual the tickets that an
 * older version stored, and notes which of them runs made. Until the abort; where the store is away it is gone on with later.
 */
export async function catchUpOldTickets(parts: OldTicketParts, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      while (!signal.aborted && (await parts.store.deleteOld()).more) await setImmediate()
      await sumOldTickets(parts, signal)
      while (!signal.aborted && (await parts.store.knowOldTickets(parts.siteId))) await setImmediate()
      return
    } catch (err) {
      if (signal.aborted) return
      parts.log.info(
        { err },
        'old tickets were not deleted, or not looked through; it is tried again each minute',
      )
    }
    if (!(await sleep(RETRY_MS, signal, parts.clock))) return
  }
}

/** Until the abort. Throws as the store. */
export async function sumOldTickets(
  { store, siteId }: { readonly store: Pick<Store, 'sumOldTickets'>; readonly siteId: string },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && (await store.sumOldTickets(siteId))) await setImmediate()
}
