import { Temporal } from 'temporal-polyfill'

const BOUND = /^(start|end)of(day|week|month|year)$/
const INCREMENT = /^([-+]?\d{1,4})([yMwdhm]?)$/
const UNITS: Readonly<Record<string, string>> = {
  y: 'years',
  M: 'months',
  w: 'weeks',
  d: 'days',
  h: 'hours',
  m: 'minutes',
}

/**
 * The instant (epoch ms) of `now()`, `startOfDay(-1)`, `endOfMonth("-2w")` and their kin, in the asker's zone; weeks
 * begin on Sunday. Null where it is no such function. An increment counts in the function's own unit unless it has
 * another one, and then it is added to the bound: `startOfMonth(14d)` is the 15th.
 */
export function dateFunction(
  name: string,
  [increment = '0', ...more]: readonly string[],
  { nowMs, userZone }: { readonly nowMs: number; readonly userZone: string },
): number | null {
  if (name.toLowerCase() === 'now') return increment === '0' && more.length === 0 ? nowMs : null
  const [, side, unit] = BOUND.exec(name.toLowerCase()) ?? []
  const [, amount, letter = ''] = INCREMENT.exec(increment.trim()) ?? []
  if (unit === undefined || amount === undefined || more.length > 0) return null
  const own = `${unit}s`
  const moved = UNITS[letter] ?? own
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(userZone)
  const start = startOf(unit, moved === own ? now.add({ [own]: Number(amount) }) : now)
  const bound = side === 'start' ? start : startOf(unit, start.add({ [own]: 1 }))
  const shifted = moved === own ? bound : bound.add({ [moved]: Number(amount) })
  return shifted.epochMilliseconds - (side === 'start' ? 0 : 1)
}

function startOf(unit: string, time: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  if (unit === 'week') return time.subtract({ days: time.dayOfWeek % 7 }).startOfDay()
  if (unit === 'month') return time.with({ day: 1 }).startOfDay()
  if (unit === 'year') return time.with({ month: 1, day: 1 }).startOfDay()
  return time.startOfDay()
}
