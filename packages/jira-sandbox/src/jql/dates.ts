import { Temporal } from 'temporal-polyfill'
import { dateFunction } from './date-functions.ts'
import type { Literal } from './syntax.ts'

/** When a query is asked, and in which zone its asker writes dates. */
export interface DateContext {
  /** Site epoch ms. */
  readonly nowMs: number
  readonly userZone: string
}

const ABSOLUTE = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?: +(\d{1,2}):(\d{2}))?$/
const PERIOD = /^([-+]?)((?:\d{1,6}[wdhm] ?)+|\d{1,6})$/
const PERIOD_PART = /(\d+)([wdhm]?)/g
const UNIT_MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  // Without a unit, minutes are meant.
  '': 60_000,
}

/**
 * The instant (epoch ms) that a literal means, or null where it means none: an unquoted whole number is epoch ms, a
 * period counts from now, and a date is read in the asker's zone, as Jira does. Where a clock change skips that wall
 * time the later reading is taken, where it repeats it the earlier one.
 */
export function readDate(literal: Literal, context: DateContext): number | null {
  if (literal.kind === 'function') return dateFunction(literal.name, literal.arguments, context)
  if (literal.kind === 'empty') return null
  const text = literal.text.trim()
  if (!literal.quoted && /^\d{1,16}$/.test(text)) return Number(text)
  return readPeriod(text, context.nowMs) ?? readWallClock(text, context.userZone)
}

function readPeriod(text: string, nowMs: number): number | null {
  const match = PERIOD.exec(text)
  if (match === null) return null
  const [, sign, parts = ''] = match
  let ms = 0
  for (const [, amount, unit = ''] of parts.matchAll(PERIOD_PART)) ms += Number(amount) * (UNIT_MS[unit] ?? 0)
  return sign === '-' ? nowMs - ms : nowMs + ms
}

function readWallClock(text: string, zone: string): number | null {
  const match = ABSOLUTE.exec(text)
  if (match === null) return null
  const [, year, , month, day, hour = '0', minute = '0'] = match
  const fields = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
  }
  try {
    const wallClock = Temporal.PlainDateTime.from(fields, { overflow: 'reject' })
    return wallClock.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
