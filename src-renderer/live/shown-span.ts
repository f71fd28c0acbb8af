import type { SplitField, TicketFilter } from '../../src-shared/contract/fields.ts'
import { spanOfBars } from '../../src-shared/domain/buckets.ts'
import { intervalRefusal, type Interval } from '../../src-shared/domain/interval.ts'
import type { Comparison } from '../../src-shared/domain/compare/comparison.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteSpan, MS_PER_MINUTE, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { DEFAULT_SPAN, isRolling, spanOf, type ChosenSpan } from '../../src-shared/domain/span.ts'
import type { StateStore } from '../state-store.ts'
import { neighbourSpan } from './calendar.ts'
import { emptyDashboard, type DashboardState, type Notice } from './dashboard-state.ts'

/** The minute that runs by the site's clock, the zone whose wall clock spans mean, and the interval that was chosen. */
interface SpanPlace {
  readonly nowMinute: Minute
  /** IANA name. */
  readonly zone: string
  readonly chosenInterval: Interval | null
}

type Shown = Pick<DashboardState, 'shown' | 'interval' | 'following'> & { readonly shown: TimeSpan }

/**
 * Where a span is now: whole minutes, and whole bars of its interval where it moves on with the clock; the last one is
 * that which now is in. Throws `usage` as `resolveSpan`.
 */
export function placeOf(span: ChosenSpan, { nowMinute, zone, chosenInterval }: SpanPlace): Shown {
  // Within the minute that is under way: at its beginning, today would be empty once a day.
  const clock = { nowMs: startOfMinute(nowMinute) + 1, zone }
  const fit = spanOfBars(span, clock)
  const minutes = (fit.toMs - fit.fromMs) / MS_PER_MINUTE
  const isChosen = chosenInterval !== null && intervalRefusal(minutes, chosenInterval) === null
  const interval = isChosen ? chosenInterval : fit.bucketMinutes
  const { fromMs, toMs } = spanOfBars(span, clock, interval)
  const { fromMinute, toMinute } = minuteSpan(fromMs, toMs)
  return {
    shown: { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) },
    interval,
    following: isRolling(span) && fromMinute <= nowMinute && toMinute > nowMinute,
  }
}

/** Spans of a calendar that go on with it: who comes to one of them by steps follows it. */
const CALENDAR: readonly ChosenSpan[] = ['h', 'd', 'w'].map((unit) => ({
  from: `now/${unit}`,
  to: `now/${unit}`,
}))

/**
 * The span before (-1) or after (1) what is shown. One that reaches up to now goes on with it, as the calendar's own or
 * as the last so many minutes; null where there is nothing but future.
 */
export function steppedSpan(shown: TimeSpan, by: -1 | 1, place: SpanPlace): ChosenSpan | null {
  const next = neighbourSpan(shown, place.zone, by)
  const endMs = startOfMinute(place.nowMinute + 1)
  if (next.fromMs >= endMs) return null
  if (next.toMs < endMs) return spanOf(next.fromMs, next.toMs)
  const isNext = (span: ChosenSpan): boolean => isSame(placeOf(span, place).shown, next)
  return CALENDAR.find(isNext) ?? lastSpan(next)
}

/** As long a span, up to now: `now-1h` where that is as much. */
export function lastSpan({ fromMs, toMs }: TimeSpan): ChosenSpan {
  const minutes = (toMs - fromMs) / MS_PER_MINUTE
  return { from: minutes % 60 === 0 ? `now-${minutes / 60}h` : `now-${minutes}m`, to: 'now' }
}

function isSame(a: TimeSpan, b: TimeSpan): boolean {
  return a.fromMs === b.fromMs && a.toMs === b.toMs
}

function placeNow(store: StateStore<DashboardState>): SpanPlace | null {
  const { session, nowMinute, chosenInterval } = store.get()
  return session && { nowMinute, zone: session.zone, chosenInterval }
}

/** What of the dashboard a link leads to. */
export interface LinkTarget {
  readonly span: ChosenSpan
  readonly chosenInterval: Interval | null
  readonly comparison: Comparison | null
  readonly filter: TicketFilter
  readonly splitBy: SplitField | null
  readonly opened: TimeSpan | null
  /** What of the link cannot be shown. */
  readonly notice?: Notice | null
}

/**
 * The span that is shown. `onShow` fetches what belongs to it; `movedOn` says that it is the same one a bar later, so that
 * what is there is still true. `siteNow`: epoch ms of the site's clock.
 */
export function createShownSpan(
  store: StateStore<DashboardState>,
  siteNow: () => number,
  onShow: (movedOn: boolean) => void,
) {
  /** What now leads back to: the span that was followed last. */
  let followed = DEFAULT_SPAN

  /** `stays`: what is there is still true of it. Throws `usage` as `placeOf`. */
  function goTo(place: LinkTarget, stays = false): void {
    const { session, nowMinute, lookedBackMs } = store.get()
    if (session === null) return
    const { span, chosenInterval, comparison, filter, splitBy, opened, notice } = place
    const shown = placeOf(span, { nowMinute, zone: session.zone, chosenInterval })
    if (shown.following) followed = span
    const backMs = shown.following ? null : (lookedBackMs ?? siteNow())
    const chosen = { span, chosenInterval, comparison, filter, splitBy, opened }
    store.put({ ...chosen, ...shown, lookedBackMs: backMs, newSince: null })
    if (notice) store.put({ notice })
    onShow(stays)
  }

  function show(span: ChosenSpan): void {
    goTo({ ...store.get(), span, opened: null, notice: null })
  }

  return {
    goTo: (place: LinkTarget): void => goTo(place),
    show,
    /** Shows what was shown, or asked for, before the site's clock was known; the last hour where that says nothing any more. `stays` as of the same tickets. */
    restore(place: LinkTarget, stays: boolean): void {
      try {
        goTo(place, stays)
      } catch {
        goTo(emptyDashboard)
      }
    },
    step: (by: -1 | 1): void => {
      const next = nextSpan(store, by)
      if (next) show(next)
    },
    followNow: (): void => show(followed),
    ...choices(store, () => onShow(false)),
    /** Moves on with the site's clock where the span does; says whether it did. */
    moveOn(): boolean {
      const next = movedPlace(store)
      if (next === null) return false
      store.put(next)
      onShow(true)
      return true
    },
  }
}

/** What a person chooses of a span that stays. */
function choices(store: StateStore<DashboardState>, onShow: () => void) {
  return {
    /** Minutes that a bar of the histogram stands for, where the span allows for it; null for as many as fit best. */
    chooseInterval: (minutes: Interval | null): void => {
      store.put({ chosenInterval: minutes })
      const place = placeNow(store)
      if (place === null) return
      store.put(placeOf(store.get().span, place))
      onShow()
    },
    /** Shows those tickets alone that a filter leaves, or colours the bars by another field. */
    showFields: (fields: Partial<Pick<LinkTarget, 'filter' | 'splitBy'>>): void => {
      store.put({ ...fields, newSince: null })
      if (store.get().shown !== null) onShow()
    },
  }
}

/** The span before (-1) or after (1) that which is shown; null where there is none. */
function nextSpan(store: StateStore<DashboardState>, by: -1 | 1): ChosenSpan | null {
  const { shown } = store.get()
  const place = placeNow(store)
  return shown && place && steppedSpan(shown, by, place)
}

/**
 * Where the span shown has moved on to; null where it has not. While the store is out of reach the chart that is known stays:
 * nothing could be read of what comes.
 */
function movedPlace(store: StateStore<DashboardState>): Shown | null {
  const { span, shown, counts, storeStatus } = store.get()
  const place = placeNow(store)
  const isHeld = !isRolling(span) || (counts !== null && Boolean(storeStatus?.failure))
  if (place === null || shown === null || isHeld) return null
  const next = placeOf(span, place)
  return isSame(next.shown, shown) ? null : next
}
