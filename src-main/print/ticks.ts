import type { Bar } from './chart.ts'
import { wallMinute, type WallMinute } from './wall-clock.ts'

const MINUTES_PER_DAY = 1_440
const STEP_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, MINUTES_PER_DAY]

export interface TimeTick {
  readonly bar: number
  readonly label: string
}

/** Marks at round times of the zone's clock, at most `most` of them. At midnight the day takes the place of the time. */
export function timeTicks(bars: readonly Bar[], zone: string, most: number): TimeTick[] {
  if (most < 1) return []
  const [first, second] = bars
  const firstMinute = first?.startMinute ?? 0
  const barMinutes = second === undefined ? 1 : second.startMinute - firstMinute
  const step = timeStep((bars.at(-1)?.startMinute ?? 0) - firstMinute + barMinutes, most)
  return bars.flatMap(({ startMinute }, bar) => {
    const start = wallMinute(startMinute, zone)
    // Of a bar of several minutes, the first round one may lie within it.
    const later = (step - (clockMinute(start) % step)) % step
    if (later >= barMinutes) return []
    const at = later === 0 ? start : wallMinute(startMinute + later, zone)
    if (clockMinute(at) % step !== 0) return [] // clocks were changed in between
    return [{ bar, label: at.minuteOfDay === 0 && bar > 0 ? at.shortDay : at.clock }]
  })
}

function clockMinute({ dayNumber, minuteOfDay }: WallMinute): number {
  return dayNumber * MINUTES_PER_DAY + minuteOfDay
}

function timeStep(spanMinutes: number, most: number): number {
  const step = STEP_MINUTES.find((minutes) => Math.ceil(spanMinutes / minutes) <= most)
  return step ?? Math.ceil(spanMinutes / most / MINUTES_PER_DAY) * MINUTES_PER_DAY
}

/** Whole numbers from 0 up to `peak` or just above it, in steps of 1, 2 or 5 times a power of ten, at most `most` steps. */
export function countTicks(peak: number, most: number): number[] {
  const step = countStep(peak, most)
  const steps = Math.max(1, Math.ceil(peak / step))
  return Array.from({ length: steps + 1 }, (_, i) => i * step)
}

function countStep(peak: number, most: number): number {
  for (let power = 1; ; power *= 10) {
    const step = [1, 2, 5].map((factor) => factor * power).find((candidate) => peak / candidate <= most)
    if (step !== undefined) return step
  }
}
