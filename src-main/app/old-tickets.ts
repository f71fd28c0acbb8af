import { setImmediate } from 'node:timers/promises'
import type { Log } from '../runtime/log.ts'
import type { Store } from '../store/store.ts'

interface OldTicketParts {
  readonly store: Pick<Store, 'knowOldTickets'>
  readonly siteId: string
  readonly log: Log
}

/** Notes step by step which tickets of an older version runs made. What fails is gone on with at the next start. */
export async function knowOldTickets(
  { store, siteId, log }: OldTicketParts,
  signal: AbortSignal,
): Promise<void> {
  try {
    while (!signal.aborted && (await store.knowOldTickets(siteId))) await setImmediate()
  } catch (err) {
    log.info({ err }, 'what an older version stored was not looked through')
  }
}
