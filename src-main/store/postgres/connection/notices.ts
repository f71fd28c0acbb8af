import { sleep } from '../../../runtime/async.ts'
import { elapsedMs, type Clock } from '../../../runtime/clock.ts'
import type { CommitKind } from '../../store.ts'
import { payloadOf } from './commits.ts'

/** So many at once, and one more each 60 ms: 18 a second, and 20 where several commits begin a stream together. */
const BURST = 2
const EVERY_MS = 60
/** Who heard that more may follow looks again two seconds later at the soonest (`LOOK_AGAIN_MS`). */
const FOLLOWED_MS = 1_000
const AGAIN_MS = 1_000

/** What is told of one commit: in it (`payload`), or a moment later. */
export interface Told {
  readonly siteId: string
  readonly kinds: readonly CommitKind[]
  readonly payload: string | null
  /** Others are told that more may follow. */
  readonly more: boolean
}

export type Notices = ReturnType<typeof createNotices>

/**
 * How the commits of this program are told of: PostgreSQL up to 18 holds a lock over the whole server while a commit that
 * notifies goes to the disk. A single one carries its notice; of a stream, one does each 60 ms, and what comes between is told of
 * by a notice of its own behind it, which waits for no disk. `send` throws where that could not be sent: it is tried again.
 */
export function createNotices(
  send: (siteId: string, payload: string) => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
) {
  const sites = new Map<string, Site>()
  const siteOf = (siteId: string): Site => {
    const site = sites.get(siteId) ?? createSite(elapsedMs(clock))
    sites.set(siteId, site)
    refill(site, elapsedMs(clock))
    return site
  }
  const pay = async (siteId: string, site: Site): Promise<void> => {
    const kinds = [...site.owed]
    if (kinds.length === 0) return
    site.owed.clear()
    siteOf(siteId).tokens -= 1
    await send(siteId, payloadOf({ kinds, more: true })).catch((error: unknown) => {
      for (const kind of kinds) site.owed.add(kind)
      throw error
    })
    site.followedMs = elapsedMs(clock)
  }
  const paySoon = async (siteId: string, site: Site): Promise<void> => {
    if (site.isPaying) return
    site.isPaying = true
    for (let waitMs = 0; site.owed.size > 0 && !signal.aborted;) {
      waitMs = Math.max(waitMs, (1 - siteOf(siteId).tokens) * EVERY_MS)
      if (!(await sleep(waitMs, signal, clock))) break
      waitMs = 0
      await pay(siteId, site).catch(() => (waitMs = AGAIN_MS))
    }
    site.isPaying = false
  }
  return {
    /** Whether a commit that is about to be made carries its notice. Never where nobody would look if this program died now. */
    tell(siteId: string, kinds: readonly CommitKind[]): Told {
      const site = siteOf(siteId)
      const mayWait = site.atMs - site.followedMs < FOLLOWED_MS
      if (mayWait && (site.tokens < 1 || site.owed.size > 0))
        return { siteId, kinds, payload: null, more: false }
      site.tokens -= 1
      const more = site.tokens < 1
      return { siteId, kinds, payload: payloadOf({ kinds, more }), more }
    },
    /** It was committed, as far as is known. */
    committed({ siteId, kinds, payload, more }: Told): void {
      const site = siteOf(siteId)
      if (more) site.followedMs = site.atMs
      if (payload !== null) return
      for (const kind of kinds) site.owed.add(kind)
      void paySoon(siteId, site)
    },
    /** Tells at once of what has not been told of. Throws as `send`. */
    async flush(): Promise<void> {
      await Promise.all([...sites].map(([siteId, site]) => pay(siteId, site)))
    },
  }
}

interface Site {
  /** How many notices may be sent at `atMs`. */
  tokens: number
  atMs: number
  /** When others were last told for certain that more may follow. */
  followedMs: number
  /** Committed, and not told of yet. */
  owed: Set<CommitKind>
  isPaying: boolean
}

function createSite(atMs: number): Site {
  return { tokens: BURST, atMs, followedMs: Number.NEGATIVE_INFINITY, owed: new Set(), isPaying: false }
}

function refill(site: Site, nowMs: number): void {
  site.tokens = Math.min(BURST, site.tokens + (nowMs - site.atMs) / EVERY_MS)
  site.atMs = nowMs
}
