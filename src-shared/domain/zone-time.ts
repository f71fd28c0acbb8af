// Temporal's functions by themselves: a bundle takes the few that are used.
import { getISO } from 'temporal-polyfill/fns/Calendar'
import * as Instant from 'temporal-polyfill/fns/Instant'
import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as PlainDateTime from 'temporal-polyfill/fns/PlainDateTime'
import * as Zoned from 'temporal-polyfill/fns/ZonedDateTime'

/** An instant on the wall clock of a zone (IANA name). */
export function zoned(epochMs: number, zone: string): Zoned.Record {
  return Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(epochMs), zone)
}

/** The instant (epoch ms) at which a day of the zone's calendar begins. */
export function startOfDate(date: PlainDate.Record, zone: string): number {
  return PlainDate.toZonedDateTime(date, { timeZone: zone }).epochMilliseconds
}

/** The day of `2026-11-24`. Null where it is none. */
export function dateFrom(text: string): PlainDate.Record | null {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? attempt(() => PlainDate.fromString(text, getISO)) : null
}

/** Epoch ms of an instant in ISO 8601 with an offset or `Z`. Null where it is none. */
export function instantMs(text: string): number | null {
  return attempt(() => Instant.fromString(text).epochMilliseconds)
}

/** What `read` gives, or null where it throws. */
export function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** An instant (epoch ms) on the wall clock of a zone: `2026-11-24 14:30`. */
export function wallClock(epochMs: number, zone: string): string {
  return wallClockSecond(epochMs, zone).slice(0, 16)
}

/** The same to the second: `2026-11-24 14:05:09`. */
export function wallClockSecond(epochMs: number, zone: string): string {
  // Of a whole second nothing is written behind it, of a whole minute neither.
  const wall = PlainDateTime.toString(Zoned.toPlainDateTime(zoned(epochMs - (epochMs % 1_000), zone)))
  return wall.replace('T', ' ').padEnd(19, ':00')
}

/** The instant (epoch ms) at which the zone's clock shows so many hours on the day after that of `epochMs`. */
export function nextDayAt(epochMs: number, zone: string, hour: number): number {
  const next = PlainDate.addDays(Zoned.toPlainDate(zoned(epochMs, zone)), 1)
  const wall = `${PlainDate.toString(next)}T${String(hour).padStart(2, '0')}:00`
  return PlainDateTime.toZonedDateTime(PlainDateTime.fromString(wall, getISO), zone).epochMilliseconds
}
