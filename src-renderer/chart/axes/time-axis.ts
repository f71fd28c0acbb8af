import { INTERVALS } from '../../../src-shared/domain/interval.ts'
import { MS_PER_MINUTE, startOfMinute, type MinuteSpan } from '../../../src-shared/domain/minute.ts'
import { startOfBar } from '../../live/calendar.ts'
import { dayText, timeText } from '../../live/text.ts'

const DAY = 1_440
const WEEK = 10_080
const STEPS = [...INTERVALS.filter((step) => step <= DAY), 2 * DAY, WEEK]

/** A label of a time axis, so many minutes from its beginning. */
export interface AxisTick {
  readonly at: number
  readonly text: string
}

/**
 * The labels of a span's axis, `most` at most, at round times of the zone's wall clock: `14:40`, a midnight as its day. The
 * axis itself is instants, so that a night when clocks change is as long as it was.
 */
export function timeTicks({ fromMinute, toMinute }: MinuteSpan, zone: string, most: number): AxisTick[] {
  const [fromMs, toMs] = [startOfMinute(fromMinute), startOfMinute(toMinute)]
  const step = tickMinutes(toMinute - fromMinute, most)
  const stepMs = step * MS_PER_MINUTE
  // A day may be an hour longer.
  const next = (ms: number): number =>
    startOfBar(ms + stepMs + (step >= DAY ? MS_PER_MINUTE * 720 : 0), step, zone)
  const ticks: AxisTick[] = []
  let lastMs = -Infinity
  for (let ms = startOfBar(fromMs, step, zone); ms < toMs; ms = next(ms)) {
    if (ms < fromMs || ms - lastMs < stepMs / 2) continue
    lastMs = ms
    const time = timeText(ms, zone)
    ticks.push({
      at: (ms - fromMs) / MS_PER_MINUTE,
      text: step >= DAY || time === '00:00' ? dayText(ms, zone, toMs) : time,
    })
  }
  return ticks
}

function tickMinutes(minutes: number, most: number): number {
  const fits = (step: number): boolean => Math.floor(minutes / step) <= most
  return STEPS.find(fits) ?? Math.ceil(minutes / most / WEEK) * WEEK
}
