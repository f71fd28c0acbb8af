import type { HooksStatus } from '../../src-shared/contract/hooks.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { HookBook, HookStore } from '../store/hooks.ts'

/** So long after a change its webhook is waited for: Jira means to send it within half of this. */
const GRACE_MS = 60_000

/** After a change that no webhook told, so long is looked whether that happens again. */
const CALM_MS = 5 * 60_000

/** What was missed is told of for so long after they are well again. */
const TOLD_FOR_MS = 24 * 3_600_000

/** Of more changes at once it is enough to know that they are many. */
const MAX_PENDING = 2_000

/** The two may write the same time with seconds or milliseconds. */
const SAME_CHANGE_MS = 1_000

export type HookHealth = ReturnType<typeof createHookHealth>

interface HealthParts {
  readonly siteId: string
  readonly scopeName: string
  readonly store: HookStore
  readonly siteTime: Pick<SiteTime, 'now'>
}

/**
 * Whether Jira's webhooks tell all that there is to fetch. What a fetch finds changed is looked for among them: a change that
 * was made while somebody took webhooks, and that none has told a minute later, is *untold*. Until then it is in doubt, and
 * nothing is relied on. Times are the site's.
 */
export function createHookHealth({ siteId, scopeName, store, siteTime }: HealthParts) {
  /** When the tickets were changed that a fetch has found, by their ids: those that no webhook has told yet. */
  const pending = new Map<string, number>()
  const withTold = (versions: ReadonlyMap<string, number>) => readTold(store, siteId, versions)
  const comparison = createComparison(withTold)

  /** Takes those out that are told by now; gives how many others are not waited for any longer. */
  async function settle({ sinceMs }: HookBook): Promise<number> {
    let untold = 0
    for (const { id, updatedMs, toldMs } of await withTold(pending)) {
      const isTold = toldMs >= updatedMs - SAME_CHANGE_MS
      const isOver = siteTime.now() - updatedMs > GRACE_MS
      if (!isTold && updatedMs >= sinceMs && !isOver) continue
      if (!isTold && updatedMs >= sinceMs) untold += 1
      // A fetch may have found a later change of it meanwhile.
      if (pending.get(id) === updatedMs) pending.delete(id)
    }
    return untold
  }

  return {
    /**
     * A fetch showed these tickets, and they are stored; those of `changed` were news. Of a first fetch nothing was to be told.
     * Throws as the store.
     */
    async found(
      tickets: readonly Pick<Ticket, 'id' | 'updatedMs'>[],
      changed: readonly string[],
      isFirst: boolean,
    ): Promise<void> {
      const news = new Set(changed)
      for (const { id, updatedMs } of tickets) {
        comparison.saw(id, updatedMs, news.has(id))
        if (isFirst || !news.has(id)) continue
        if (pending.has(id) || pending.size < MAX_PENDING) pending.set(id, updatedMs)
      }
      await comparison.compare()
    },
    /** See `createComparison`. */
    toldLater: comparison.toldLater,
    asked: () => comparison.asked(),
    /** How webhooks come; null while nobody takes any. Writes down what is untold. Throws as the store. */
    async look(): Promise<HooksStatus | null> {
      const book = await store.hookBook(siteId, scopeName)
      if (book === null || !book.isListening) {
        pending.clear()
        return null
      }
      const count = await settle(book)
      const atMs = siteTime.now()
      const isFirst = stateOf(book, false, atMs) === 'healthy'
      if (count > 0) await store.addUntold(siteId, scopeName, { count, atMs, isFirst })
      const untold = isFirst ? count : book.untold + count
      const known = count > 0 ? { ...book, untold, untoldMs: atMs } : book
      return hooksStatus(known, { isInDoubt: pending.size > 0, siteMs: atMs })
    },
  }
}

interface ToldVersion {
  readonly id: string
  readonly updatedMs: number
  /** The last change that a webhook told. */
  readonly toldMs: number
}

async function readTold(
  store: HookStore,
  siteId: string,
  versions: ReadonlyMap<string, number>,
): Promise<readonly ToldVersion[]> {
  const told = await store.toldChanges(siteId, [...versions.keys()])
  return [...versions].map(([id, updatedMs]) => ({ id, updatedMs, toldMs: told.get(id) ?? -Infinity }))
}

/** Compares what fetches showed with what webhooks told: see decision 0077. */
function createComparison(
  withTold: (versions: ReadonlyMap<string, number>) => Promise<readonly ToldVersion[]>,
) {
  /** The versions that a fetch showed and that nobody has compared yet: those of one page, and of such as could not be compared. */
  const toCompare = new Map<string, number>()
  /** Those of which a webhook told something later, and that Jira was not asked for since. */
  const later = new Set<string>()
  /** Nobody knows whether the process before this one came to that. */
  let comparesAll = true
  return {
    saw(id: string, updatedMs: number, isNews: boolean) {
      if (isNews || comparesAll) toCompare.set(id, updatedMs)
    },
    /** What comes from here on finds them stored. Throws as the store. */
    async compare(): Promise<void> {
      for (const { id, updatedMs, toldMs } of await withTold(toCompare)) {
        if (isLater(toldMs, updatedMs)) later.add(id)
        toCompare.delete(id)
      }
    },
    /**
     * Tickets of which a webhook told something later than fetches showed. The index may go on showing a ticket that was deleted
     * before it was ever stored, and its webhook has come and gone: Jira is to be asked.
     */
    toldLater: (): readonly string[] => [...later],
    /** A fetch has come to its end, and Jira was asked for those. */
    asked() {
      later.clear()
      comparesAll = false
    },
  }
}

/** A time of whole seconds may be that of any of its milliseconds. */
function isLater(toldMs: number, updatedMs: number): boolean {
  return toldMs > updatedMs + (updatedMs % SAME_CHANGE_MS === 0 ? SAME_CHANGE_MS - 1 : 0)
}

/** How webhooks come by what is stored. `isInDoubt`: a fetch found what none has told yet. `siteMs`: the site's clock. */
export function hooksStatus(
  book: HookBook,
  { isInDoubt, siteMs }: { readonly isInDoubt: boolean; readonly siteMs: number },
): HooksStatus {
  const { received, repeats, unread, lateMs, untoldMs } = book
  const state = stateOf(book, isInDoubt, siteMs)
  const untold = Math.abs(siteMs - untoldMs) < TOLD_FOR_MS ? book.untold : 0
  return { state, received, repeats, untold, unread, latenessMs: latenessOf(lateMs) }
}

function stateOf(
  { sinceMs, inTimeMs, untoldMs }: HookBook,
  isInDoubt: boolean,
  nowMs: number,
): HooksStatus['state'] {
  // A clock that was set back says nothing of how long ago it was.
  const isRecent = untoldMs >= sinceMs && Math.abs(nowMs - untoldMs) < CALM_MS
  if (isInDoubt || isRecent) return 'missing'
  return inTimeMs >= sinceMs && inTimeMs > untoldMs ? 'healthy' : 'waiting'
}

const P50 = 0.5
const P95 = 0.95

function latenessOf(lateMs: readonly number[]): HooksStatus['latenessMs'] {
  const sorted = lateMs.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.max(0, sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
  return sorted.length === 0 ? null : { p50: at(P50), p95: at(P95) }
}
