import { intervalFor } from '../../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { MINUTES_PER_DAY, MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { startOfBar } from '../../live/calendar.ts'
import { dayText, timeText } from '../../live/text.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MINUTES = 7 * MINUTES_PER_DAY

/** How much of the time around a span is useful, by how long it is: in whole units of the calendar (minutes), at least so much. */
const AROUND = [
  { upToMs: 6 * HOUR_MS, unit: MINUTES_PER_DAY / 2, leastMs: DAY_MS },
  { upToMs: 2 * DAY_MS, unit: MINUTES_PER_DAY, leastMs: 7 * DAY_MS },
  { upToMs: 14 * DAY_MS, unit: MINUTES_PER_DAY, leastMs: 28 * DAY_MS },
  { upToMs: 100 * DAY_MS, unit: WEEK_MINUTES, leastMs: 364 * DAY_MS },
] as const

/** So many bars the strip has at most. */
const MOST_BARS = 200

/**
 * The time that the strip shows around a span. Where what it shows already (`kept`) holds the span and is about as long, it
 * stays: a handle that was let go does not jump.
 */
export function stripRange(shown: TimeSpan, kept: TimeSpan | null, zone: string): TimeSpan {
  const length = lengthOf(shown)
  const around = AROUND.find(({ upToMs }) => length <= upToMs)
  const unit = around?.unit ?? WEEK_MINUTES
  const toMs = nextBoundary(startOfBar(shown.toMs - 1, unit, zone), unit, zone)
  // Two hours less: a night on which clocks change makes no day longer than it is.
  const leastFromMs = around === undefined ? toMs : toMs - around.leastMs + 2 * HOUR_MS
  const fromMs = startOfBar(Math.max(0, Math.min(shown.fromMs, leastFromMs)), unit, zone)
  const fresh = { fromMs: Math.max(0, fromMs), toMs }
  const holds = kept !== null && kept.fromMs <= shown.fromMs && shown.toMs <= kept.toMs
  return holds && Math.abs(lengthOf(kept) - lengthOf(fresh)) <= lengthOf(fresh) / 2 ? kept : fresh
}

/** Minutes that a bar of the strip stands for. */
export function stripInterval(range: TimeSpan): number {
  return intervalFor(lengthOf(range) / MS_PER_MINUTE, MOST_BARS)
}

export interface StripTick {
  readonly atMs: number
  readonly text: string
}

/** The labels of the strip's axis, at most `most`. */
export function stripTicks(range: TimeSpan, most: number, zone: string): readonly StripTick[] {
  const unit = intervalFor(lengthOf(range) / MS_PER_MINUTE, Math.max(1, most))
  const ticks: StripTick[] = []
  for (let atMs = range.fromMs; atMs < range.toMs; atMs = nextBoundary(atMs, unit, zone)) {
    ticks.push({ atMs, text: tickText(atMs, unit, zone) })
  }
  return ticks
}

/** A letter of a label, on average. */
const LETTER_PX = 7

/** Whether a label, which begins at its time, ends before a strip of this width does. */
export function endsWithin(range: TimeSpan, widthPx: number): (tick: StripTick) => boolean {
  const pxPerMs = widthPx / lengthOf(range)
  return ({ atMs, text }) => (atMs - range.fromMs) * pxPerMs + text.length * LETTER_PX <= widthPx
}

/** `06:00`, at midnight and over days `Tue 24`, over weeks `24 Nov`. */
function tickText(atMs: number, unit: number, zone: string): string {
  const [weekday, day, month] = dayText(atMs, zone, atMs).split(' ')
  if (unit >= WEEK_MINUTES) return `${day} ${month}`
  const isMidnight = startOfBar(atMs, MINUTES_PER_DAY, zone) === atMs
  return unit >= MINUTES_PER_DAY || isMidnight ? `${weekday} ${day}` : timeText(atMs, zone)
}

/** Where the next unit begins, also on a night when clocks change. */
function nextBoundary(atMs: number, unit: number, zone: string): number {
  return startOfBar(atMs + 1.2 * unit * MS_PER_MINUTE, unit, zone)
}

/** Where an instant is, from the strip's left. */
export function percent(atMs: number, { fromMs, toMs }: TimeSpan): string {
  return `${(100 * (atMs - fromMs)) / (toMs - fromMs)}%`
}

/** What of the handle is held. */
export type Grip = 'span' | 'from' | 'to'

/** Where the handle may go: in `[fromMs, toMs)`, by whole steps, and never smaller than `leastMs`. */
export interface HandleBounds extends TimeSpan {
  readonly stepMs: number
  readonly leastMs: number
}

/** The span after a part of its handle was moved by `byMs`, as far as it may. */
export function gripped(span: TimeSpan, grip: Grip, byMs: number, bounds: HandleBounds): TimeSpan {
  const by = Math.round(byMs / bounds.stepMs) * bounds.stepMs
  const { fromMs, toMs } = span
  if (grip === 'from')
    return { fromMs: between(fromMs + by, Math.min(bounds.fromMs, fromMs), toMs - bounds.leastMs), toMs }
  if (grip === 'to')
    return { fromMs, toMs: between(toMs + by, fromMs + bounds.leastMs, Math.max(bounds.toMs, toMs)) }
  const shift = between(by, Math.min(0, bounds.fromMs - fromMs), Math.max(0, bounds.toMs - toMs))
  return { fromMs: fromMs + shift, toMs: toMs + shift }
}

/** How far a key takes a part of the handle, in ms; null for any other key. */
export function keyMs(key: string, span: TimeSpan, grip: Grip, stepMs: number): number | null {
  const page = grip === 'span' ? lengthOf(span) : 6 * stepMs
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: -stepMs,
    ArrowDown: -stepMs,
    ArrowRight: stepMs,
    ArrowUp: stepMs,
    PageDown: -page,
    PageUp: page,
    Home: -Number.MAX_SAFE_INTEGER,
    End: Number.MAX_SAFE_INTEGER,
  }
  return moves[key] ?? null
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}

function lengthOf({ fromMs, toMs }: TimeSpan): number {
  return toMs - fromMs
}
