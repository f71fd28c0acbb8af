import type { Client } from '../../src-shared/contract/client.ts'
import { comparedBars, type Comparison } from '../../src-shared/domain/comparison.ts'
import { INTERVALS, MAX_BARS, type Interval } from '../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MINUTES_PER_HOUR, MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import type { StateStore } from '../state-store.ts'
import type { DashboardState } from './dashboard-state.ts'
import { createRefresher } from './timers.ts'

/** Between two readings that nobody waits for. */
const GAP_MS = 2_000
/** The other span is read for so many buckets more: a span that moves on finds its next bar there. */
const BUCKETS_AHEAD = 5
const MINUTES_PER_DAY = 1_440

type Shown = Pick<DashboardState, 'comparison' | 'span' | 'shown' | 'interval' | 'session' | 'storeBackMs'>

/**
 * Keeps the state's `compared` true: the counts of the span that the one shown is compared with. They are read when another
 * comparison or span is shown, quietly where the span moves on or tickets of the other one change. Returns what ends it.
 */
export function followCompared(client: Client, store: StateStore<DashboardState>): () => void {
  let known: Shown | null = null
  const refresher = createRefresher(async () => {
    const { comparison, shown, interval, session } = store.get()
    if (comparison === null || shown === null || session === null) return
    const { zone } = session
    const bucketMinutes = bucketFor(shown, interval)
    const span = otherSpan(shown, comparison, bucketMinutes, zone)
    // Where these cannot be read the chart's own cannot either, and say so.
    const compared = await client.call('counts.get', { ...span, bucketMinutes, zone }).catch(() => null)
    if (store.get().comparison === comparison) store.put({ compared })
  }, GAP_MS)
  const leave = [
    store.subscribe(() => {
      const { comparison, span, shown, interval, session, storeBackMs } = store.get()
      const isMoved = known?.shown !== shown || known?.storeBackMs !== storeBackMs
      const isOther = known?.comparison !== comparison || known?.span !== span || known?.interval !== interval
      if (!isOther && !isMoved && known?.session?.site === session?.site) return
      known = { comparison, span, shown, interval, session, storeBackMs }
      if (isOther && store.get().compared !== null) store.put({ compared: null })
      if (comparison !== null) refresher.request(isOther)
    }),
    client.on('counts.changed', ({ changes, reset }) => {
      const { fromMinute = 0, toMinute = 0 } = store.get().compared ?? {}
      if (reset || changes.some(({ minute }) => minute >= fromMinute && minute < toMinute))
        refresher.request()
    }),
  ]
  return () => {
    for (const end of leave) end()
    refresher.stop()
  }
}

/** Of what length buckets are, in minutes, so that bars are whole ones, also where clocks change between the two spans. */
function bucketFor({ fromMs, toMs }: TimeSpan, interval: Interval): Interval {
  if ((toMs - fromMs) / MS_PER_MINUTE <= MAX_BARS) return 1
  const longest = interval < MINUTES_PER_DAY ? Math.min(interval, MINUTES_PER_HOUR) : MINUTES_PER_DAY
  return INTERVALS.findLast((step) => longest % step === 0) ?? 1
}

/** From the first bucket of the other span to its last and some more. */
function otherSpan(shown: TimeSpan, comparison: Comparison, bucketMinutes: number, zone: string): TimeSpan {
  const bucketMs = bucketMinutes * MS_PER_MINUTE
  const ends = [
    { fromMs: shown.fromMs, toMs: shown.fromMs + bucketMs },
    { fromMs: shown.toMs - bucketMs, toMs: shown.toMs },
  ]
  const [first, last] = comparedBars(ends, comparison, zone)
  const fromMs = Math.max(0, first?.fromMs ?? shown.fromMs)
  return { fromMs, toMs: (last?.toMs ?? fromMs + shown.toMs - shown.fromMs) + BUCKETS_AHEAD * bucketMs }
}
