import type { TimeMark } from '../../src-shared/contract/marks.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { flagsOfMarks, type Flag } from '../../src-shared/domain/layers/flags.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { markText } from '../../src-shared/domain/time-marks.ts'
import { MARGIN } from '../chart/geometry.ts'
import { countText, momentText } from '../live/text.ts'

/** Marks that stand within so many pixels are one flag. */
export const FLAG_PX = 24

/** Where a time is in the box of a chart of `span`, `width` pixels wide; at its edge where it lies beyond. */
export function timeLeft(epochMs: number, span: TimeSpan, width: number): number {
  const share = (epochMs - span.fromMs) / (span.toMs - span.fromMs || 1)
  return MARGIN.l + Math.min(1, Math.max(0, share)) * (width - MARGIN.l - MARGIN.r)
}

/** The flags of marks, which are in the order of time: each where the first of its marks begins. */
export function flagsOf(marks: readonly TimeMark[], span: TimeSpan, width: number): Flag<TimeMark>[] {
  const left = (epochMs: number): number => timeLeft(epochMs, span, width)
  return flagsOfMarks(marks, { toMs: span.toMs, left, roomPx: FLAG_PX })
}

/** From the middle of a flag to that of a short word beside it. */
const BESIDE_PX = 27
/** So much a word may stand out to the right of the chart's box. */
const BEYOND_PX = 7

/** Where the middle of a short word stands that belongs at `x`, so that no flag covers it; null where there is no room. */
export function besideFlags(
  x: number,
  flags: readonly { readonly x: number }[],
  width: number,
): number | null {
  const isFree = (at: number): boolean =>
    at <= width + BEYOND_PX && flags.every((flag) => Math.abs(flag.x - at) >= BESIDE_PX)
  const near = flags.flatMap((flag) => [flag.x + BESIDE_PX, flag.x - BESIDE_PX])
  const places = [x, ...near].filter((at) => Math.abs(at - x) <= 2 * BESIDE_PX && isFree(at))
  return places.toSorted((a, b) => Math.abs(a - x) - Math.abs(b - x))[0] ?? null
}

/** `14:05`, `14:05–14:20`, with the day where that is not the day of `nowMs`. */
export function markTimeText({ fromMs, toMs }: TimeMark, zone: string, nowMs: number): string {
  const from = momentText(fromMs, zone, nowMs)
  if (toMs === null || toMs - fromMs < MS_PER_MINUTE) return from
  return `${from}–${momentText(toMs, zone, fromMs)}`
}

const MAX_SAID = 3

/** All of a flag in a sentence: `2 marks: 14:05 deploy 5.17, 14:06 incident: database full`. */
export function flagText({ marks }: Flag<TimeMark>, zone: string, nowMs: number): string {
  const said = marks
    .slice(0, MAX_SAID)
    .map((mark) => `${markTimeText(mark, zone, nowMs)} ${markText(mark)}`)
    .join(', ')
  const rest = marks.length > MAX_SAID ? ` and ${marks.length - MAX_SAID} more` : ''
  return `${countText(marks.length, 'mark')}: ${said}${rest}`
}
