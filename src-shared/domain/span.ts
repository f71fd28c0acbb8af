// Temporal's functions by themselves: a bundle takes the few that are used.
import { getISO } from 'temporal-polyfill/fns/Calendar'
import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as PlainDateTime from 'temporal-polyfill/fns/PlainDateTime'
import * as Zoned from 'temporal-polyfill/fns/ZonedDateTime'
import { nothingDone, type AppError } from '../errors/app-error.ts'
import { MAX_BARS } from './interval.ts'
import type { TimeSpan } from './known-spans.ts'
import { isoInstant } from './minute.ts'
import { attempt, dateFrom, instantMs, startOfDate, zoned } from './zone-time.ts'

/**
 * A span of time as a person chose it: two edges, each an instant (`2026-11-24T14:00:00Z`) or an expression that moves
 * with the clock, as in Grafana: `now`, less or more so much of it (`now-90m`, `now-1d`), down to the beginning of an
 * hour, day or week (`now/d`), where it is the end of a span up to its end. Texts of `parseSpan` are in this form.
 */
export interface ChosenSpan {
  readonly from: string
  readonly to: string
}

/** What expressions are resolved by: the site's clock (epoch ms), and the zone whose wall clock a person means. */
export interface SpanClock {
  readonly nowMs: number
  /** IANA name. */
  readonly zone: string
}

export const DEFAULT_SPAN: ChosenSpan = { from: 'now-1h', to: 'now' }

/** So many bars of a week each: a longer span has none. */
const LONGEST_MS = MAX_BARS * 7 * 86_400_000

/** Whether a span moves on with the clock. */
export function isRolling({ to }: ChosenSpan): boolean {
  return to.startsWith('now')
}

/**
 * The instants of a span, of which `toMs` is not in it. Throws `usage` where it is not written as a span, ends before it
 * begins, begins after now, or is longer than a chart can show.
 */
export function resolveSpan(span: ChosenSpan, clock: SpanClock): TimeSpan {
  const fromMs = resolveEdge(span.from, 'from', clock)
  const endMs = resolveEdge(span.to, 'to', clock)
  // At midnight there is a today already.
  const toMs = span.to === 'now' ? Math.max(endMs, fromMs + 1) : endMs
  if (toMs <= fromMs) throw wrong(`The span from ${span.from} to ${span.to} ends before it begins.`)
  if (fromMs > clock.nowMs) throw wrong(`The span from ${span.from} to ${span.to} lies in the future.`)
  if (toMs - fromMs > LONGEST_MS) throw wrong('The span is longer than 28 years, which no chart shows.')
  return { fromMs, toMs }
}

/** The span between two instants, epoch ms. */
export function spanOf(fromMs: number, toMs: number): ChosenSpan {
  return { from: isoInstant(fromMs), to: isoInstant(toMs) }
}

const NAMED: Readonly<Record<string, ChosenSpan>> = {
  now: DEFAULT_SPAN,
  'this hour': { from: 'now/h', to: 'now/h' },
  today: { from: 'now/d', to: 'now/d' },
  yesterday: { from: 'now-1d/d', to: 'now-1d/d' },
  'this week': { from: 'now/w', to: 'now/w' },
  'last week': { from: 'now-1w/w', to: 'now-1w/w' },
}

const HOUR_MS = 3_600_000
const LENGTH = /^(?:last |-)?(?<count>\d{1,5}) ?(?<unit>min|minutes?|h|hours?|d|days?|w|weeks?|m)$/
const BETWEEN = / to | until |\.\.| ?– ?| - /
/** `mon 9-11`, `9:30-11`, `yesterday 9-11`, `2026-11-24 9-11`. */
const HOURS = /^(?<day>.*?) ?\b(?<from>\d{1,2}(?::\d\d)?)-(?<to>\d{1,2}(?::\d\d)?)$/

/**
 * Reads a span as a person types it: `-2h`, `last 15 min`, `yesterday`, `this hour`, `mon`, `mon 9-11`, `14:05`,
 * `14:05-15:00`, `2026-11-24`, `2026-11-24T14:00Z to now`; one instant alone is up to now. Throws `usage`, also as
 * `resolveSpan`.
 */
export function parseSpan(text: string, clock: SpanClock): ChosenSpan {
  const read = wholeSpan(text, clock)
  resolveSpan(read, clock)
  return read
}

/**
 * Reads a span whose ends are typed apart: up to now, or from an hour before its end. A beginning alone may be a whole span,
 * as of `parseSpan`; a day of the calendar begins one up to now. Throws `usage` for what cannot be read.
 */
export function readSpan(
  { from, to }: { readonly from?: string; readonly to?: string },
  clock: SpanClock,
): ChosenSpan {
  if (from === undefined) {
    const toMs = resolveEdge(edgeFrom(to ?? 'now', clock), 'to', clock)
    return spanOf(Math.max(0, toMs - HOUR_MS), toMs)
  }
  const isWhole = to === undefined && dateFrom(from.trim()) === null
  return isWhole ? wholeSpan(from, clock) : edgesSpan(from, to ?? 'now', clock)
}

/**
 * The instant that a person types, epoch ms: `14:05` is the latest that is not yet to come, or with `afterMs` the first after
 * that. Throws `usage` for what is none.
 */
export function readInstant(text: string, clock: SpanClock, afterMs: number | null = null): number {
  return resolveEdge(edgeFrom(text, clock, afterMs), 'from', clock)
}

function wholeSpan(text: string, clock: SpanClock): ChosenSpan {
  const typed = text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  const span = NAMED[typed] ?? lengthSpan(typed) ?? hoursSpan(typed, clock) ?? daySpan(typed, clock)
  const [from = '', to = 'now', more] = typed.split(BETWEEN)
  if (span === null && more !== undefined) throw notASpan(text)
  return span ?? edgesSpan(from, to, clock)
}

function edgesSpan(from: string, to: string, clock: SpanClock): ChosenSpan {
  const first = edgeFrom(from, clock)
  return { from: first, to: edgeFrom(to, clock, resolveEdge(first, 'from', clock)) }
}

function edgeFrom(text: string, clock: SpanClock, afterMs: number | null = null): string {
  const edge = readEdge(text, clock, afterMs)
  if (edge === null) throw notATime(text, clock.zone)
  return edge
}

function lengthSpan(typed: string): ChosenSpan | null {
  const { count, unit } = LENGTH.exec(typed)?.groups ?? {}
  return unit === undefined ? null : { from: `now-${count}${unit.charAt(0)}`, to: 'now' }
}

function hoursSpan(typed: string, clock: SpanClock): ChosenSpan | null {
  const { day = '', from = '', to = '' } = HOURS.exec(typed)?.groups ?? {}
  const fromMs = day === '' ? latestAt(from, clock) : dayTimeMs(day, from, clock)
  const toMs = fromMs === null ? null : nextAt(to, fromMs, clock.zone)
  return fromMs === null || toMs === null ? null : spanOf(fromMs, toMs)
}

/** A time of a day as `dateOfDay` reads it; of a weekday the latest that is not yet to come. */
function dayTimeMs(day: string, time: string, clock: SpanClock): number | null {
  const date = dateOfDay(day, clock)
  if (date === null) return null
  const ms = wallMs(date, time, clock.zone)
  const isLater = ms !== null && ms > clock.nowMs && isWeekday(day)
  return isLater ? wallMs(PlainDate.addDays(date, -7), time, clock.zone) : ms
}

/** A whole day of the zone's calendar. */
function daySpan(typed: string, clock: SpanClock): ChosenSpan | null {
  const date = dateOfDay(typed, clock)
  if (date === null) return null
  return spanOf(startOfDate(date, clock.zone), startOfDate(PlainDate.addDays(date, 1), clock.zone))
}

const EDGE = /^now(?<shift>(?:[+-]\d{1,5}[mhdw])*)(?:\/(?<unit>[hdw]))?$/

/**
 * Reads one edge as a person types it, into the form of `ChosenSpan`; null where it is none. A time of day is the first after
 * `afterMs` (epoch ms), where that is given, else the latest that is not yet to come. Throws `usage` for a time that the
 * zone's clock passed over.
 */
export function readEdge(text: string, clock: SpanClock, afterMs: number | null = null): string | null {
  const typed = text.trim().toLowerCase()
  if (EDGE.test(typed)) return typed
  const length = lengthSpan(typed)
  if (length !== null) return length.from
  const ms = timeMs(typed, clock, afterMs)
  return ms === null || ms < 0 ? null : isoInstant(ms)
}

function timeMs(typed: string, clock: SpanClock, afterMs: number | null): number | null {
  const alone = afterMs === null ? latestAt(typed, clock) : nextAt(typed, afterMs, clock.zone)
  if (alone !== null) return alone
  const [day = '', time = '', more] = typed.split(' ')
  const date = more === undefined ? dateOfDay(day, clock) : null
  if (date !== null) return time === '' ? startOfDate(date, clock.zone) : dayTimeMs(day, time, clock)
  return isoMs(typed.toUpperCase(), clock.zone)
}

/** ISO 8601 with an offset or `Z`, else by the wall clock of the zone. Null where it is none, or before 1970. */
function isoMs(text: string, zone: string): number | null {
  const ms = instantMs(text) ?? wallClockMs(text, zone)
  return ms !== null && ms >= 0 ? ms : null
}

function wallClockMs(text: string, zone: string): number | null {
  const wall = attempt(() => PlainDateTime.fromString(text, getISO))
  return wall === null ? null : atWallClock(wall, zone)
}

/** The instant of a wall clock's reading; the earlier of two. Throws `usage` for one that the zone's clock never showed. */
function atWallClock(wall: PlainDateTime.Record, zone: string): number {
  const at = PlainDateTime.toZonedDateTime(wall, zone)
  const shown = Zoned.toPlainDateTime(at)
  if (PlainDateTime.compare(shown, wall) === 0) return at.epochMilliseconds
  const [meant, next] = [wall, shown].map((time) =>
    PlainDateTime.toString(time).slice(0, 16).replace('T', ' '),
  )
  throw wrong(
    `There was no ${meant} in ${zone}: clocks were put forward, past it, to ${next}.`,
    'Give a time before or after that.',
  )
}

/** `9`, `9:05`, `14:05` on a day. Null where it is no time of day. Throws as `atWallClock`. */
function wallMs(date: PlainDate.Record, time: string, zone: string): number | null {
  const { hour, minute = '00' } = /^(?<hour>\d{1,2})(?::(?<minute>\d\d))?$/.exec(time)?.groups ?? {}
  if (hour === undefined || Number(hour) > 24 || Number(minute) > 59) return null
  if (Number(hour) === 24) return Number(minute) === 0 ? startOfDate(PlainDate.addDays(date, 1), zone) : null
  const wall = `${PlainDate.toString(date)}T${hour.padStart(2, '0')}:${minute}`
  return atWallClock(PlainDateTime.fromString(wall, getISO), zone)
}

const TIME_OF_DAY = /^\d{1,2}(:\d\d)?$/

/** The latest such time of day that is not after now. Null where it is none. */
function latestAt(time: string, { nowMs, zone }: SpanClock): number | null {
  if (!TIME_OF_DAY.test(time)) return null
  const today = Zoned.toPlainDate(zoned(nowMs, zone))
  const ms = wallMs(today, time, zone)
  return ms === null || ms <= nowMs ? ms : wallMs(PlainDate.addDays(today, -1), time, zone)
}

/** The first such time of day after an instant. Null where it is none. */
function nextAt(time: string, afterMs: number, zone: string): number | null {
  if (!TIME_OF_DAY.test(time)) return null
  const day = Zoned.toPlainDate(zoned(afterMs, zone))
  const ms = wallMs(day, time, zone)
  return ms === null || ms > afterMs ? ms : wallMs(PlainDate.addDays(day, 1), time, zone)
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** `today`, `yesterday`, `mon`, `monday`, `2026-11-24`: the latest such day that has begun. Null where it is none. */
function dateOfDay(typed: string, { nowMs, zone }: SpanClock): PlainDate.Record | null {
  const today = Zoned.toPlainDate(zoned(nowMs, zone))
  if (typed === 'today') return today
  if (typed === 'yesterday') return PlainDate.addDays(today, -1)
  const weekday = WEEKDAYS.findIndex((name) => isNamed(typed, name))
  if (weekday !== -1) return PlainDate.addDays(today, -((PlainDate.dayOfWeek(today) - 1 - weekday + 7) % 7))
  return dateFrom(typed)
}

function isNamed(typed: string, name: string): boolean {
  return typed === name || (typed.startsWith(name) && /^[a-z]+day$/.test(typed))
}

function isWeekday(typed: string): boolean {
  return WEEKDAYS.some((name) => isNamed(typed, name))
}

const SHIFT = /(?<sign>[+-])(?<count>\d+)(?<unit>[mhdw])/g

/**
 * The instant of an edge, epoch ms; days and weeks are those of the calendar, on a night when clocks change of 23 or 25
 * hours. Throws `usage` for a text that is not in the form of `ChosenSpan`.
 */
function resolveEdge(edge: string, end: 'from' | 'to', clock: SpanClock): number {
  const expression = EDGE.exec(edge)
  if (expression === null) {
    const ms = isoMs(edge.toUpperCase(), clock.zone)
    if (ms === null) throw notATime(edge, clock.zone)
    return ms
  }
  const { shift = '', unit } = expression.groups ?? {}
  let at = zoned(clock.nowMs, clock.zone)
  for (const { groups } of shift.matchAll(SHIFT)) {
    const by = Number(groups?.['count']) * (groups?.['sign'] === '-' ? -1 : 1)
    at = SHIFTS[groups?.['unit'] as keyof typeof SHIFTS](at, by)
  }
  if (unit === undefined) return at.epochMilliseconds
  const [start, next] = ROUNDS[unit as keyof typeof ROUNDS]
  return (end === 'from' ? start(at) : next(start(at))).epochMilliseconds
}

const SHIFTS = { m: Zoned.addMinutes, h: Zoned.addHours, d: Zoned.addDays, w: Zoned.addWeeks } as const

type Move = (at: Zoned.Record) => Zoned.Record

const ROUNDS: Readonly<Record<'h' | 'd' | 'w', readonly [Move, Move]>> = {
  h: [Zoned.startOfHour, (at) => Zoned.addHours(at, 1)],
  d: [Zoned.startOfDay, (at) => Zoned.startOfDay(Zoned.addDays(at, 1))],
  w: [Zoned.startOfWeek, (at) => Zoned.startOfDay(Zoned.addWeeks(at, 1))],
}

function wrong(what: string, hint = 'Give an earlier beginning or a later end.'): AppError {
  return nothingDone('usage', what, hint)
}

function notASpan(text: string): AppError {
  return wrong(
    `“${text}” is not a span.`,
    'Write it as -2h, yesterday, mon 9-11, 14:05-15:00 or 2026-11-24 to now.',
  )
}

function notATime(text: string, zone: string): AppError {
  const hint = `Write it as 2026-11-24T14:00Z, as 14:05 on the clock of ${zone}, as -2h or as now-1d.`
  return wrong(`“${text}” is not a time.`, hint)
}
