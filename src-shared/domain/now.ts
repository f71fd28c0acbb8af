import type { Overview } from '../contract/overview.ts'
import type { UsualVerdict } from '../contract/alerts/usual.ts'
import type { SyncStatus } from '../contract/tickets.ts'
import { knownAt, unknownWithin, type TimeSpan } from './known-spans.ts'
import { minuteOf, startOfMinute, type Minute } from './minute.ts'
import { bucketTotals } from './series.ts'
import { siteTime } from './site-clock.ts'

/** What is said of the present is of so many minutes, the one under way included. */
export const NOW_MINUTES = 5

/** Fetches may be so long apart before anything is wrong, or twice as long as they are meant to be. */
const LATE_MS = 30_000
/** While webhooks tell what there is to fetch, a minute is between two fetches. */
const LATE_WITH_HOOKS_MS = 90_000
/** After so long without a fetch what is shown is not live. */
const STALE_MS = 120_000

/** `late` goes on by itself; what is `stale` is not what Jira has now; `unknown`: nothing was fetched yet. */
export type Freshness = 'live' | 'late' | 'stale' | 'unknown'

/** How fresh what was fetched is at `nowMs`, the time (epoch ms) of the machine that fetches. */
export function freshness(
  { state, lastSuccessMs, nextMs, hooks }: Pick<SyncStatus, 'state' | 'lastSuccessMs' | 'nextMs' | 'hooks'>,
  nowMs: number,
): Freshness {
  if (lastSuccessMs === null) {
    if (state === 'stopped') return 'stale'
    return state === 'failing' ? 'late' : 'unknown'
  }
  const ageMs = nowMs - lastSuccessMs
  const meantMs = state === 'idle' && nextMs !== null ? nextMs - lastSuccessMs : 0
  if (state === 'stopped' || ageMs > Math.max(STALE_MS, 2 * meantMs)) return 'stale'
  const lateMs = hooks?.state === 'healthy' ? LATE_WITH_HOOKS_MS : LATE_MS
  return ageMs > Math.max(lateMs, 2 * meantMs) ? 'late' : 'live'
}

/** The present in figures. */
export interface Present {
  readonly freshness: Freshness
  /** Tickets of the last five minutes; null where what is known is too old to say so, or nothing is known. */
  readonly tickets: number | null
  /** Whether some of these minutes was not fetched, so that there may be more. */
  readonly isLeast: boolean
  /** How that compares with what is usual; null with the tickets. */
  readonly verdict: UsualVerdict | null
  readonly nowMinute: Minute
  /** What of the minutes of the overview is over and was not fetched, in order. */
  readonly gaps: readonly TimeSpan[]
}

/** The present by an overview, when the machine that gave it shows `nowMs` (epoch ms). Never an old number. */
export function presentOf(overview: Overview, nowMs: number): Present {
  const { counts, clock } = overview
  const siteMs = siteTime(clock, nowMs)
  const nowMinute = minuteOf(siteMs)
  const known = knownAt(counts.known, clock, nowMs)
  const gapsFrom = (fromMinute: Minute): TimeSpan[] =>
    unknownWithin(known, { fromMs: Math.min(startOfMinute(fromMinute), siteMs), toMs: siteMs })
  const fresh = freshness(overview.fetching, nowMs)
  const first = nowMinute + 1 - NOW_MINUTES
  const tickets = bucketTotals(counts)
    .slice(Math.max(0, first - counts.fromMinute))
    .reduce((sum, count) => sum + count, 0)
  const isKnown = (fresh === 'live' || fresh === 'late') && counts.toMinute > first
  return {
    freshness: fresh,
    tickets: isKnown ? tickets : null,
    verdict: isKnown ? overview.verdict : null,
    isLeast: gapsFrom(first).length > 0,
    nowMinute,
    gaps: gapsFrom(counts.fromMinute),
  }
}

/** Whether so many tickets are not to be expected. */
export function isUnusual({ verdict }: Pick<Present, 'verdict'>): boolean {
  return verdict?.state === 'unusual' || verdict?.state === 'high'
}

/** `usual 0–4`, `31 in 15 min, usual 2–9`, `learning what is usual`; empty where nothing can be said. */
export function usualText(verdict: UsualVerdict): string {
  const { state, tickets, minutes } = verdict
  if (state === 'learning') return 'learning what is usual'
  const usual = usualRange(verdict)
  return minutes === NOW_MINUTES || usual === '' ? usual : `${tickets} in ${minutes} min, ${usual}`
}

function usualRange({ state, low, high }: UsualVerdict): string {
  return state === 'learning' || state === 'unknown' || low === null || high === null
    ? ''
    : `usual ${low}–${high}`
}

/**
 * What stands beside the big number: that of the overview's hour, and what is usual. A verdict on as many minutes stands by
 * the hour's own number: it was made at the last fetch, and its number may be one of a minute ago. `unusual` is the text
 * of which a verdict says so.
 */
export function besideNumber(
  { counts }: Overview,
  present: Present,
): { readonly hour: string; readonly usual: string; readonly unusual: 'hour' | 'usual' | null } {
  const { verdict, gaps } = present
  const minutes = counts.toMinute - counts.fromMinute
  const total = bucketTotals(counts).reduce((sum, count) => sum + count, 0)
  const hour = `${gaps.length > 0 ? 'at least ' : ''}${total.toLocaleString('en-GB')} in ${minutes} min`
  const range = verdict?.minutes === minutes ? usualRange(verdict) : ''
  const unusual = isUnusual(present)
  if (range !== '') return { hour: `${hour}, ${range}`, usual: '', unusual: unusual ? 'hour' : null }
  return { hour, usual: verdict === null ? '' : usualText(verdict), unusual: unusual ? 'usual' : null }
}
