import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { ProgressStore } from '../store/progress.ts'

/** A site's index may have a bad hour and recover. */
const REMEMBERED_MINUTES = 60

/** The index lags and out of order, so each fetch reads again what was read this long before. */
const MIN_LOOK_BACK_MS = 15 * 60_000

/** What lags longer is left to the census, or a single straggler would make every fetch a long one. */
const MAX_LOOK_BACK_MS = 4 * 3_600_000

export type IndexLagMeter = ReturnType<typeof createIndexLagMeter>

const Sighting = Type.Object({ minute: Type.Integer(), longestMs: Type.Number({ minimum: 0 }) })

type Sighting = Readonly<Static<typeof Sighting>>

const Sightings = Type.Array(Sighting, { maxItems: REMEMBERED_MINUTES })

/**
 * How long Jira's search index takes to show a new ticket, in the site's ms: the longest that was seen in the last hour.
 * Where nothing was seen for so long, what was usual in the last busy minutes, so that a single straggler is forgotten.
 */
export function createIndexLagMeter() {
  /** One a minute, the oldest first. */
  let sightings: readonly Sighting[] = []
  let now: Minute = 0

  const lagMs = (): number | null => {
    const fresh = sightings.filter(({ minute }) => minute > now - REMEMBERED_MINUTES)
    if (fresh.length > 0) return Math.max(...fresh.map(({ longestMs }) => longestMs))
    const usual = sightings.map(({ longestMs }) => longestMs).toSorted((a, b) => a - b)
    return usual[Math.floor((usual.length - 1) / 2)] ?? null
  }

  const note = (minute: Minute, lag: number): void => {
    const same = sightings.find((one) => one.minute === minute)
    const longestMs = Math.max(0, lag, same?.longestMs ?? 0)
    sightings = [...sightings.filter((one) => one !== same), { minute, longestMs }].slice(-REMEMBERED_MINUTES)
  }

  return {
    /** A ticket came into sight at `siteMs`, so long after its creation. What is seen only at the next fetch counts until then. */
    add(newMs: number, siteMs: number) {
      const minute = minuteOf(siteMs)
      note(minute, newMs)
      now = Math.max(now, minute)
    },
    /** The site's clock went on. */
    passed: (siteMs: number) => void (now = Math.max(now, minuteOf(siteMs))),
    /** Null before the first ticket. */
    lagMs,
    /** How long before the last fetch the next one begins to read. */
    lookBackMs: (): number => Math.min(Math.max(MIN_LOOK_BACK_MS, 2 * (lagMs() ?? 0)), MAX_LOOK_BACK_MS),
    /** What it was measured by, as `recall` takes it. */
    sightings: (): readonly Sighting[] => sightings,
    /** What an earlier process measured, besides what this one has. */
    recall(earlier: readonly Sighting[]) {
      const own = sightings
      sightings = []
      for (const { minute, longestMs } of [...earlier, ...own].toSorted((a, b) => a.minute - b.minute)) {
        note(minute, longestMs)
      }
      now = Math.max(now, sightings.at(-1)?.minute ?? 0)
    },
  }
}

/** A whole pass: what it showed of tickets that had not been edited since they were made. */
interface Pass {
  readonly sinceMs: number
  readonly ids: Set<string>
  readonly endedMs: number
}

export type FirstSights = ReturnType<typeof createFirstSights>

/** A pass that ended longer ago says nothing of when a ticket came into sight. */
const MIN_RECENT_MS = 30_000

/** How many tickets of a pass are remembered; after a longer one, what is new in the next is not measured. */
const MAX_REMEMBERED = 20_000

/**
 * Measures the index lag by tickets that others make. One that was never edited, and that this pass shows and the last
 * one did not although it read that time too, came into sight between the two. Where the last pass was long ago
 * (asleep, offline) or did not come to its end, it says nothing.
 */
export function createFirstSights(options: {
  readonly lag: IndexLagMeter
  readonly clock: Clock
  readonly intervalMs: number
}) {
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
    /** A pass begins that reads what changed since (site epoch ms). */
    began: (sinceMs: number) => void (now = { sinceMs, ids: new Set() }),
    /** A page came. Tickets in `except` were asked for by id, and shown whatever the index does. */
    page(tickets: readonly Ticket[], siteMs: number, except: readonly string[]) {
      for (const ticket of tickets) {
        if (ticket.createdMs !== ticket.updatedMs || ticket.createdMs < now.sinceMs) continue
        if (isNew(ticket) && !except.includes(ticket.id)) lag.add(siteMs - ticket.createdMs, siteMs)
        now.ids.add(ticket.id)
      }
    },
    /** The pass came to its end. */
    ended() {
      last = now.ids.size > MAX_REMEMBERED ? null : { ...now, endedMs: clock.now() }
    },
  }
}

interface OwnTicket {
  readonly createdMs: number
  /** Whole fetches that asked for it in vain. */
  readonly misses: number
  /** Seen because it was asked for by id; the index has not shown it of itself yet. */
  readonly seen: boolean
}

export type OwnTickets = ReturnType<typeof createOwnTickets>

/** A ticket that the index never shows (deleted, say) is no longer waited for. */
const LONGEST_WAIT_MS = 30 * 60_000

/** After this many whole fetches that asked for a ticket and did not get it, it is not one of those watched. */
const FETCHES_TO_GIVE_UP = 2

/** search/jql takes at most this many ids to be consistent about. */
const MAX_RECONCILED = 50

/**
 * The tickets that this process made, until the search index shows them. Each is asked for by id first, so that it
 * appears at once; how long the index takes is measured by the fetches after that. Times are the site's epoch ms.
 */
export function createOwnTickets(lag: Pick<IndexLagMeter, 'add'>) {
  const tickets = new Map<string, OwnTicket>()
  return {
    note: (id: string, createdMs: number) => void tickets.set(id, { createdMs, misses: 0, seen: false }),
    /** They were deleted: no fetch waits for them any more. */
    gone(ids: readonly string[]) {
      for (const id of ids) tickets.delete(id)
    },
    /** Another instance fetches from now on: when it sees them says nothing here. */
    forget: () => tickets.clear(),
    /** The ids to ask for in the next fetch, the same on each of its pages. */
    toReconcile: (): string[] =>
      [...tickets]
        .filter(([, { seen }]) => !seen)
        .slice(0, MAX_RECONCILED)
        .map(([id]) => id),
    /** A page of a fetch that asked for `reconciled` came with these tickets. */
    found(ids: readonly string[], reconciled: readonly string[], siteMs: number) {
      for (const id of ids) {
        const ticket = tickets.get(id)
        if (ticket === undefined) continue
        if (reconciled.includes(id)) {
          tickets.set(id, { ...ticket, seen: true })
        } else {
          tickets.delete(id)
          lag.add(siteMs - ticket.createdMs, siteMs)
        }
      }
    },
    /** A fetch that asked for `reconciled` came to its end. */
    fetched(reconciled: readonly string[], siteMs: number) {
      for (const [id, ticket] of tickets) {
        const misses = ticket.misses + (!ticket.seen && reconciled.includes(id) ? 1 : 0)
        const given = misses >= FETCHES_TO_GIVE_UP || siteMs - ticket.createdMs > LONGEST_WAIT_MS
        if (given) tickets.delete(id)
        else tickets.set(id, { ...ticket, misses })
      }
    },
    /** When the oldest was created that the index has not shown yet; null where it has shown all. */
    oldestUnseenMs: (): number | null => {
      const [oldest] = tickets.values()
      return oldest?.createdMs ?? null
    },
  }
}

/** The name, among those of scopes, under which the store has it: it is the site's, whatever is watched. */
const KEPT_AS = 'index-lag'

/** The measured lag outlives the process: kept with the site, so that the next one does not look back too shortly. */
export function createKeptLag(
  lag: IndexLagMeter,
  parts: {
    readonly store: Pick<ProgressStore, 'syncReport' | 'setSyncReport'>
    readonly siteId: string
    readonly log: Pick<Log, 'warn'>
  },
) {
  const { store, siteId, log } = parts
  let isRecalled = false
  let kept = ''
  const state = (): string => `${lag.lagMs()} ${lag.sightings().at(-1)?.minute}`
  return {
    /** Once; where the store cannot be read, the next call tries again. */
    async recall() {
      if (isRecalled) return
      const earlier = await keptSightings(store, siteId)
      isRecalled = true
      lag.recall(earlier)
      kept = state()
    },
    /** Where it has changed, at most once a minute of the site for the same lag. */
    async keep() {
      if (state() === kept || lag.lagMs() === null) return
      try {
        await store.setSyncReport(siteId, KEPT_AS, JSON.stringify(lag.sightings()))
        kept = state()
      } catch (error) {
        log.warn({ err: error }, 'the measured index lag could not be kept')
      }
    },
  }
}

/** What was kept of the index lag, as `recall` takes it. Throws as the store. */
export async function keptSightings(
  store: Pick<ProgressStore, 'syncReport'>,
  siteId: string,
): Promise<readonly Sighting[]> {
  const text = await store.syncReport(siteId, KEPT_AS)
  try {
    const sightings: unknown = JSON.parse(text ?? '[]')
    return Check(Sightings, sightings) ? sightings : []
  } catch {
    return [] // of another version: it is measured anew
  }
}

/**
 * The first minute that is not settled: younger than the index lag was at the last fetch. While fetches fail none is
 * settled after that. Without any fetch of this process only the lag counts.
 */
export function provisionalFrom(
  { lastSuccessMs, indexLagMs }: Pick<SyncStatus, 'lastSuccessMs' | 'indexLagMs'>,
  time: Pick<SiteTime, 'now' | 'current'>,
): Minute {
  const fetchedMs = lastSuccessMs === null ? time.now() : siteTime(time.current(), lastSuccessMs)
  return minuteOf(Math.min(time.now(), fetchedMs) - (indexLagMs ?? 0))
}
