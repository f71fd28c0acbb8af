// Temporal's functions by themselves: a bundle takes the few that are used.
import { getISO } from 'temporal-polyfill/fns/Calendar'
import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as Zoned from 'temporal-polyfill/fns/ZonedDateTime'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MINUTES_PER_DAY, MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { spanOf, type ChosenSpan } from '../../src-shared/domain/span.ts'
import { startOfDate, zoned } from '../../src-shared/domain/zone-time.ts'

const MS_PER_DAY = MINUTES_PER_DAY * MS_PER_MINUTE
const FIRST_MONDAY_MS = 4 * MS_PER_DAY

/** The calendar hour of a zone that an instant (epoch ms) falls in. */
export function hourAt(epochMs: number, zone: string): TimeSpan {
  const start = Zoned.startOfHour(zoned(epochMs, zone))
  return { fromMs: start.epochMilliseconds, toMs: Zoned.addHours(start, 1).epochMilliseconds }
}

/** The same as a person may choose it. */
export function hourSpan(epochMs: number, zone: string): ChosenSpan {
  const { fromMs, toMs } = hourAt(epochMs, zone)
  return spanOf(fromMs, toMs)
}

/** The span before (-1) or after (1) another, as long as it: days as the calendar has them, of 23 to 25 hours. */
export function neighbourSpan({ fromMs, toMs }: TimeSpan, zone: string, by: -1 | 1): TimeSpan {
  const isDays = [fromMs, toMs].every((ms) => startOfBar(ms, MINUTES_PER_DAY, zone) === ms)
  const days = by * Math.round((toMs - fromMs) / MS_PER_DAY)
  const move = (ms: number): number =>
    isDays
      ? startOfDate(PlainDate.addDays(Zoned.toPlainDate(zoned(ms, zone)), days), zone)
      : ms + by * (toMs - fromMs)
  return { fromMs: move(fromMs), toMs: move(toMs) }
}

/**
 * The beginning of the bar of `interval` minutes that an instant (epoch ms) is in: bars begin with the zone's
 * day, those of several days are counted from a Monday.
 */
export function startOfBar(epochMs: number, interval: number, zone: string): number {
  const day = Zoned.startOfDay(zoned(epochMs, zone))
  const days = interval / MINUTES_PER_DAY
  if (days >= 1) {
    const past = Math.floor((wallClockAt(day.epochMilliseconds, zone) - FIRST_MONDAY_MS) / MS_PER_DAY) % days
    return startOfDate(PlainDate.addDays(Zoned.toPlainDate(day), -past), zone)
  }
  const barMs = interval * MS_PER_MINUTE
  return day.epochMilliseconds + Math.floor((epochMs - day.epochMilliseconds) / barMs) * barMs
}

/** The hours of a calendar day (`2026-11-24`): 24, or 23 and 25 when the clocks change. */
export function hoursOfDay(date: string, zone: string): TimeSpan[] {
  const day = PlainDate.fromString(date, getISO)
  const end = startOfDate(PlainDate.addDays(day, 1), zone)
  const hours: TimeSpan[] = []
  for (let at = startOfDate(day, zone); at < end; at = hours.at(-1)?.toMs ?? end) {
    hours.push(hourAt(at, zone))
  }
  return hours
}

/** The calendar day (`2026-11-24`) of an instant, in a zone. */
export function dateOf(epochMs: number, zone: string): string {
  return PlainDate.toString(Zoned.toPlainDate(zoned(epochMs, zone)))
}

/** The day before (-1) or after (1) a calendar day. */
export function neighbourDate(date: string, step: -1 | 1): string {
  return PlainDate.toString(PlainDate.addDays(PlainDate.fromString(date, getISO), step))
}

/**
 * What a zone's wall clock shows at an instant, as the epoch ms at which a clock in UTC would show it: for charts
 * that know no zones.
 */
export function wallClockAt(epochMs: number, zone: string): number {
  return epochMs + Zoned.offsetNanoseconds(zoned(epochMs, zone)) / 1e6
}
