// Temporal's functions by themselves: a bundle takes the few that are used.
import { getISO } from 'temporal-polyfill/fns/Calendar'
import * as Instant from 'temporal-polyfill/fns/Instant'
import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as Zoned from 'temporal-polyfill/fns/ZonedDateTime'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'

/** The calendar hour of a zone that an instant (epoch ms) falls in. */
export function hourAt(epochMs: number, zone: string): TimeSpan {
  const start = Zoned.startOfHour(zoned(epochMs, zone))
  return { fromMs: start.epochMilliseconds, toMs: Zoned.addHours(start, 1).epochMilliseconds }
}

/** The hour before (-1) or after (1) another. */
export function neighbour(hour: TimeSpan, zone: string, step: -1 | 1): TimeSpan {
  return hourAt(step === -1 ? hour.fromMs - 1 : hour.toMs, zone)
}

/** The hours of a calendar day (`2026-11-24`): 24, or 23 and 25 when the clocks change. */
export function hoursOfDay(date: string, zone: string): TimeSpan[] {
  const day = PlainDate.fromString(date, getISO)
  const end = startOfDay(PlainDate.addDays(day, 1), zone)
  const hours: TimeSpan[] = []
  for (let at = startOfDay(day, zone); at < end; at = hours.at(-1)?.toMs ?? end) {
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

function zoned(epochMs: number, zone: string): Zoned.Record {
  return Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(epochMs), zone)
}

function startOfDay(day: PlainDate.Record, zone: string): number {
  return PlainDate.toZonedDateTime(day, { timeZone: zone }).epochMilliseconds
}
