import {
  ALL_TIME,
  knownAt,
  sharedMs,
  unknownWithin,
  type KnownSpans,
  type Gap,
} from '../../src-shared/domain/known-spans.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import type { StateStore } from '../state-store.ts'
import type { DashboardState } from './dashboard-state.ts'

type Shown = Pick<DashboardState, 'counts' | 'sync' | 'session' | 'knownMinute'>

/**
 * What of the span shown is over by the machine's clock (epoch ms) and was not fetched, in order. The minute that is not
 * over counts as a whole. While the store is out of reach nothing is said of what came after.
 */
export function gapsOf({ counts, sync, session, knownMinute }: Shown, machineMs: number): readonly Gap[] {
  if (counts === null || session === null) return []
  const nowMs = siteTime(session.clock, machineMs)
  const readMs = knownMinute === null ? nowMs : Math.min(nowMs, startOfMinute(knownMinute))
  const [fromMs, toMs] = [startOfMinute(counts.fromMinute), startOfMinute(counts.toMinute)]
  const known = knownAt(latest(counts.known, sync?.known ?? []), session.clock, machineMs)
  const past = { fromMs, toMs: Math.max(fromMs, Math.min(toMs, readMs)) }
  const gaps = unknownWithin(known, past, counts.keptFromMs)
  return gaps.map((gap) => (gap.toMs === nowMs ? { ...gap, toMs: startOfMinute(minuteOf(nowMs) + 1) } : gap))
}

/** Both were true of the store when they were read, and what is kept and known only grows. */
function latest(a: KnownSpans, b: KnownSpans): KnownSpans {
  return sharedMs(a, ALL_TIME) > sharedMs(b, ALL_TIME) ? a : b
}

/** Keeps the state's `gaps` true. Returns what ends it. */
export function followGaps(store: StateStore<DashboardState>, now: () => number): () => void {
  let shown: Shown | null = null
  let nowMinute = 0
  return store.subscribe(() => {
    const state = store.get()
    const { counts, sync, session, knownMinute } = state
    const isSame =
      shown !== null &&
      shown.counts === counts &&
      shown.sync === sync &&
      shown.session === session &&
      shown.knownMinute === knownMinute &&
      nowMinute === state.nowMinute
    if (isSame) return
    shown = { counts, sync, session, knownMinute }
    nowMinute = state.nowMinute
    const gaps = gapsOf(state, now())
    if (JSON.stringify(gaps) !== JSON.stringify(state.gaps)) store.put({ gaps })
  })
}
