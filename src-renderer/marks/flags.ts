import type { TimeMark } from '../../src-shared/contract/marks.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { markText } from '../../src-shared/domain/time-marks.ts'
import { MARGIN } from '../chart/geometry.ts'
import { countText, momentText } from '../live/text.ts'

/** Marks that stand within so many pixels are one flag. */
export const FLAG_PX = 24

/** One flag on top of the chart, with all the marks that it stands for. */
export interface Flag {
  /** Pixels from the left of the chart's box. */
  readonly x: number
  readonly marks: readonly TimeMark[]
}

/** Where a time is in the box of a chart of `span`, `width` pixels wide; at its edge where it lies beyond. */
export function timeLeft(epochMs: number, span: TimeSpan, width: number): number {
  const share = (epochMs - span.fromMs) / (span.toMs - span.fromMs || 1)
  return MARGIN.l + Math.min(1, Math.max(0, share)) * (width - MARGIN.l - MARGIN.r)
}

/** The flags of marks, which are in the order of time: each where the first of its marks begins. */
export function flagsOf(marks: readonly TimeMark[], span: TimeSpan, width: number): Flag[] {
  const flags: { x: number; marks: TimeMark[] }[] = []
  for (const mark of marks) {
    if (mark.fromMs >= span.toMs) continue
    const x = timeLeft(mark.fromMs, span, width)
    const last = flags.at(-1)
    if (last !== undefined && x - last.x < FLAG_PX) last.marks.push(mark)
    else flags.push({ x, marks: [mark] })
  }
  return flags
}

/** `14:05`, `14:05–14:20`, with the day where that is not the day of `nowMs`. */
export function markTimeText({ fromMs, toMs }: TimeMark, zone: string, nowMs: number): string {
  const from = momentText(fromMs, zone, nowMs)
  if (toMs === null || toMs - fromMs < MS_PER_MINUTE) return from
  return `${from}–${momentText(toMs, zone, fromMs)}`
}

const MAX_SAID = 3

/** All of a flag in a sentence: `2 marks: 14:05 deploy 5.17, 14:06 incident: database full`. */
export function flagText({ marks }: Flag, zone: string, nowMs: number): string {
  const said = marks
    .slice(0, MAX_SAID)
    .map((mark) => `${markTimeText(mark, zone, nowMs)} ${markText(mark)}`)
    .join(', ')
  const rest = marks.length > MAX_SAID ? ` and ${marks.length - MAX_SAID} more` : ''
  return `${countText(marks.length, 'mark')}: ${said}${rest}`
}
