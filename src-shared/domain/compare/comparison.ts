import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as PlainTime from 'temporal-polyfill/fns/PlainTime'
import * as Zoned from 'temporal-polyfill/fns/ZonedDateTime'
import { nothingDone } from '../../errors/app-error.ts'
import type { TimeSpan } from '../known-spans.ts'
import { dateFrom, instantMs, zoned } from '../zone-time.ts'

/**
 * What a span is compared with: the span just before it (`before`), the same times of day some days earlier (`1d`, `7d`)
 * or from a day on (`2026-11-24`), or what began at an instant (`2026-11-24T14:00:00Z`, as a run did).
 */
export type Comparison = string

const DAYS_EARLIER = /^(?<days>[1-9]\d{0,3})d$/
const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR

/** Reads a comparison as a person or an address has it. Throws `usage`. */
export function parseComparison(text: string): Comparison {
  const typed = text.trim().toLowerCase()
  const named = NAMED[typed] ?? typed
  if (named === 'before' || DAYS_EARLIER.test(named) || dateFrom(named) !== null) return named
  if (instantMs(named.toUpperCase()) !== null) return named.toUpperCase()
  throw nothingDone(
    'usage',
    `“${text}” is nothing to compare with.`,
    'Write before, yesterday, last week, 7d, a day as 2026-11-24, or an instant as 2026-11-24T14:00Z.',
  )
}

const NAMED: Readonly<Record<string, Comparison>> = {
  yesterday: '1d',
  'day before': '1d',
  'last week': '7d',
  'week before': '7d',
}

/**
 * What each bar of a span is compared with, in the bars' order, which begin with the span: as long as the bar, a day as
 * long as that day. Null where clocks were put forward past it. Of an hour that came twice, the first is taken.
 */
export function comparedBars(
  bars: readonly TimeSpan[],
  comparison: Comparison,
  zone: string,
): readonly (TimeSpan | null)[] {
  const [first, last] = [bars[0], bars.at(-1)]
  if (first === undefined || last === undefined) return []
  const move = moveOf(comparison, { fromMs: first.fromMs, toMs: last.toMs }, zone)
  if (typeof move === 'number') return bars.map((bar) => moved(bar, move))
  const days = daysEarlier(move, zone)
  return bars.map((bar) => {
    const fromMs = days(bar.fromMs)
    if (fromMs === null) return null
    const length = bar.toMs - bar.fromMs
    return { fromMs, toMs: length < MS_PER_DAY ? fromMs + length : (days(bar.toMs) ?? fromMs + length) }
  })
}

/** So many ms earlier, or so many calendar days, where times of day are compared. */
type Move = number | { readonly days: number }

function moveOf(comparison: Comparison, shown: TimeSpan, zone: string): Move {
  const days = DAYS_EARLIER.exec(comparison)?.groups?.['days']
  if (days !== undefined) return { days: Number(days) }
  if (comparison === 'before') return wholeDays(shown, zone) ?? shown.toMs - shown.fromMs
  const date = dateFrom(comparison)
  if (date !== null) return { days: daysBetween(date, Zoned.toPlainDate(zoned(shown.fromMs, zone))) }
  return shown.fromMs - (instantMs(comparison) ?? shown.fromMs)
}

/** The length of a span that ends at the time of day at which it begins. */
function wholeDays({ fromMs, toMs }: TimeSpan, zone: string): Move | null {
  const [from, to] = [zoned(fromMs, zone), zoned(toMs, zone)]
  const days = daysBetween(Zoned.toPlainDate(from), Zoned.toPlainDate(to))
  return days > 0 && Zoned.addDays(from, days).epochMilliseconds === toMs ? { days } : null
}

function daysBetween(from: PlainDate.Record, to: PlainDate.Record): number {
  return PlainDate.diffDays(from, to)
}

/** The same reading of the zone's clock some days earlier; null where it never showed that. Clocks change on the hour of UTC, or half past it. */
function daysEarlier({ days }: { readonly days: number }, zone: string): (ms: number) => number | null {
  const byHalfHour = new Map<number, number | null>()
  return (ms) => {
    const half = Math.floor(ms / (MS_PER_HOUR / 2))
    const startMs = half * (MS_PER_HOUR / 2)
    let earlier = byHalfHour.get(half)
    if (earlier === undefined) {
      earlier = earlierReading(startMs, days, zone)
      byHalfHour.set(half, earlier)
    }
    return earlier === null ? null : earlier + ms - startMs
  }
}

function earlierReading(ms: number, days: number, zone: string): number | null {
  const at = zoned(ms, zone)
  const earlier = Zoned.subtractDays(at, days)
  const isShown = PlainTime.compare(Zoned.toPlainTime(at), Zoned.toPlainTime(earlier)) === 0
  return isShown ? earlier.epochMilliseconds : null
}

function moved({ fromMs, toMs }: TimeSpan, byMs: number): TimeSpan {
  return { fromMs: fromMs - byMs, toMs: toMs - byMs }
}
