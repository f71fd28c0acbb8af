import { setImmediate } from 'node:timers/promises'
import { sleep } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { Store } from '../store/store.ts'

interface OldTicketParts {
  readonly store: Pick<Store, 'knowOldTickets' | 'sumOldTickets'>
  readonly siteId: string
  readonly log: Log
  readonly clock: Pick<Clock, 'sleep'>
}

const RETRY_MS = 60_000

/**
 * Makes up step by step for what an older version did not do with the tickets that it stored: sums them for what is usual,
 * and notes which of them runs made. Until the abort; where the store is away it is gone on with later.
 */
export async function catchUpOldTickets(parts: OldTicketParts, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await sumOldTickets(parts, signal)
      while (!signal.aborted && (await parts.store.knowOldTickets(parts.siteId))) await setImmediate()
      return
    } catch (err) {
      if (signal.aborted) return
      parts.log.info(
        { err },
        'what an older version stored was not looked through; it is tried again each minute',
      )
    }
    if (!(await sleep(RETRY_MS, signal, parts.clock))) return
  }
}

/** Until the abort. Throws as the store. */
export async function sumOldTickets(
  { store, siteId }: Pick<OldTicketParts, 'store' | 'siteId'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && (await store.sumOldTickets(siteId))) await setImmediate()
}
