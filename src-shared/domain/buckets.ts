// Temporal's functions by themselves: a bundle takes the few that are used.
import * as Zoned from 'temporal-polyfill/fns/ZonedDateTime'
import type { TimeSpan } from './known-spans.ts'
import { usualInterval, type Interval } from './interval.ts'
import {
  minuteOf,
  MINUTES_PER_DAY,
  MS_PER_MINUTE,
  startOfMinute,
  type Minute,
  type MinuteSpan,
} from './minute.ts'
import { isRolling, resolveSpan, type ChosenSpan, type SpanClock } from './span.ts'
import { zoned } from './zone-time.ts'

const MINUTES_PER_WEEK = 10_080

/** A span of bars, and how long one is. */
export interface SpanOfBars extends TimeSpan {
  readonly bucketMinutes: Interval
}

/** Whether such bars are days or weeks, which in a zone are those of its calendar. */
export function isOfCalendar(bucketMinutes: number): boolean {
  return bucketMinutes % MINUTES_PER_DAY === 0
}

/**
 * Where the buckets of a span begin: the first where the span does, days at midnight and weeks on Monday in the zone. So a
 * bucket that the span cuts is shorter, and all of them together are the span.
 */
export function calendarStarts(span: MinuteSpan, bucketMinutes: number, zone: string): Minute[] {
  const starts: Minute[] = []
  let start = span.fromMinute
  let change = nextChange(start, zone)
  let isMidnight = false
  while (start < span.toMinute) {
    starts.push(start)
    // Between two changes of its clock a zone's days have 24 hours, which saves most of the work.
    const isPlain = isMidnight && start + bucketMinutes < change
    isMidnight = true
    start = isPlain ? start + bucketMinutes : nextStart(start, bucketMinutes, zone)
    if (start < change) continue
    isMidnight = start > change
    change = nextChange(start, zone)
  }
  return starts
}

/** When the zone's clock is next changed after a minute. */
function nextChange(minute: Minute, zone: string): Minute {
  const next = Zoned.getTimeZoneTransition(zoned(startOfMinute(minute), zone), 'next')
  return next === null ? Infinity : minuteAt(next)
}

/** The first minute after a bucket of the zone's calendar that has this one in it. */
function nextStart(minute: Minute, bucketMinutes: number, zone: string): Minute {
  return minuteAt(shifted(startOf(minute, bucketMinutes, zone), bucketMinutes))
}

function startOf(minute: Minute, bucketMinutes: number, zone: string): Zoned.Record {
  const at = zoned(startOfMinute(minute), zone)
  return bucketMinutes % MINUTES_PER_WEEK === 0 ? Zoned.startOfWeek(at) : Zoned.startOfDay(at)
}

/** So many minutes' days later, at the beginning of its day. */
function shifted(at: Zoned.Record, minutes: number): Zoned.Record {
  return Zoned.startOfDay(Zoned.addDays(at, minutes / MINUTES_PER_DAY))
}

function minuteAt({ epochMilliseconds }: Zoned.Record): Minute {
  return Math.ceil(epochMilliseconds / MS_PER_MINUTE)
}

/**
 * Where a chosen span is now, and the interval of its bars: `usualInterval` where none is given. One
 * that ends in now is as many whole bars as it is long, of which the last is the one now running. Throws as `resolveSpan`.
 */
export function spanOfBars(span: ChosenSpan, clock: SpanClock, bucketMinutes?: Interval): SpanOfBars {
  const { fromMs, toMs } = resolveSpan(span, clock)
  const minutes = (toMs - fromMs) / MS_PER_MINUTE
  const interval = bucketMinutes ?? usualInterval(minutes)
  if (!isRolling(span) || span.to.includes('/')) return { fromMs, toMs, bucketMinutes: interval }
  const first = isMoving(span.from) ? null : minuteOf(fromMs)
  const last = barAt(minuteOf(toMs), interval, { zone: clock.zone, first })
  const bars = Math.max(1, Math.round(minutes / interval))
  return {
    fromMs: startOfMinute(first ?? last.before(bars - 1)),
    toMs: startOfMinute(last.end),
    bucketMinutes: interval,
  }
}

function isMoving(edge: string): boolean {
  return edge.startsWith('now') && !edge.includes('/')
}

/**
 * The bar that a minute is in, and where those before it begin. Shorter ones than days are counted from `first` on, or from
 * midnight.
 */
function barAt(minute: Minute, interval: number, { zone, first }: { zone: string; first: Minute | null }) {
  const day = startOf(minute, interval, zone)
  if (isOfCalendar(interval)) {
    const before = (bars: number): Minute => minuteAt(shifted(day, -bars * interval))
    return { end: minuteAt(shifted(day, interval)), before }
  }
  const origin = first ?? minuteAt(day)
  const start = origin + Math.floor((minute - origin) / interval) * interval
  return { end: start + interval, before: (bars: number): Minute => start - bars * interval }
}
