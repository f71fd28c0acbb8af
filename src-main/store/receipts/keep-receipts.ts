import type { RestoredStore } from '../../../src-shared/contract/store.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { errorText } from '../../../src-shared/errors/app-error.ts'
import { sleep } from '../../runtime/async.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { isRestored, type Receipt, type ReceiptBook } from './receipts.ts'
import type { Store, StoreHealth } from '../store.ts'

/** What was lost of less is what a server that failed over loses, and is mended without a word. */
const EVERY_MS = 10_000
/** So long people are told of it. */
const TOLD_MS = 24 * 3_600_000

interface KeepingParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'warn' | 'info'> | null
  /** For who only reads: it writes nothing, unless the store is found to be restored. */
  readonly readsOnly?: boolean | undefined
  readonly everyMs?: number
}

/**
 * The same store, which finds out whether it was restored from a backup: now, each time that it was away, and all the while it is
 * open; `health` says so for a day. Resolves when that is known, or the store cannot be asked.
 */
export async function keepReceipts(store: Store, book: ReceiptBook, parts: KeepingParts): Promise<Store> {
  const { clock, log, readsOnly = false, everyMs = EVERY_MS } = parts
  const closing = new AbortController()
  const telling = createTelling(store, parts)
  const look = async (): Promise<void> => {
    const found = await store.receipt(book.workspace)
    if (isRestored(book, found ?? undefined)) await present()
    else if (found !== null) telling.note(found)
  }
  const present = async (): Promise<void> => {
    const found = await store.presentReceipt(book)
    telling.note(found)
    await book.keep(found.storeId, found.number)
  }
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (store.health().state === 'down' || closing.signal.aborted) return
    await work().catch((err: unknown) => {
      if (!closing.signal.aborted) log?.info({ err }, 'it was not looked whether the store was restored')
    })
  }
  const keepOn = async (): Promise<void> => {
    do await attempt(present)
    while (await sleep(everyMs, closing.signal, clock))
  }

  await attempt(look)
  const keeping = readsOnly ? Promise.resolve() : keepOn()
  const leave = store.onHealth(() => void attempt(look))
  return {
    ...store,
    ...telling.shown,
    async close() {
      closing.abort()
      leave()
      const closed = store.close()
      await keeping
      await closed
    },
  }
}

/** What is said of a store that was restored, by its health. */
function createTelling(store: Store, { clock, log }: KeepingParts) {
  const listeners = new Set<() => void>()
  let told: RestoredStore | null = null
  return {
    note(found: Receipt): void {
      const restored = restoredStore(store.label, found, clock.now())
      // Of the same time it is the same, which two clocks give a little differently.
      if (restored === null || Math.abs(restored.sinceMs - (told?.sinceMs ?? 0)) <= EVERY_MS) return
      told = restored
      log?.warn({ store: store.label }, errorText(restored))
      for (const listener of listeners) queueMicrotask(listener)
    },
    shown: {
      health: (): StoreHealth => {
        const health = store.health()
        const isTold = health.state === 'up' && told !== null && clock.now() - told.sinceMs < TOLD_MS
        return isTold && told !== null ? { ...health, restored: told } : health
      },
      onHealth: (listener: () => void): (() => void) => {
        const own = (): void => listener()
        listeners.add(own)
        const leave = store.onHealth(own)
        return () => {
          listeners.delete(own)
          leave()
        }
      },
    },
  }
}

/** Null where it never was, or longer ago than people are told of it. */
function restoredStore(label: string, found: Receipt, nowMs: number): RestoredStore | null {
  const { restoredAgoMs, backupMs } = found
  if (restoredAgoMs === null || restoredAgoMs >= TOLD_MS) return null
  // What was written in the seconds after that receipt is in it, too.
  const of = backupMs === null ? '' : ` of about ${isoInstant(Math.floor(backupMs / 1_000) * 1_000)}`
  return {
    sinceMs: nowMs - restoredAgoMs,
    what: `${label} was restored from a backup${of}: what was written since is not in it.`,
    consequence:
      'Tickets of that time are fetched from Jira again, and what is not fetched yet is shown as unknown. Before a run goes on, its tickets are looked for in Jira, so that none is made twice.',
    hint: 'Rules, marks and views of that time are gone, and tokens that were ended since are good again: docs/backup.md says what to look at.',
  }
}
