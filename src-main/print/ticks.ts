import type { Bar } from './chart.ts'
import { wallMinute } from './wall-clock.ts'

const MINUTES_PER_DAY = 1_440
const STEP_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, MINUTES_PER_DAY]

export interface TimeTick {
  /** Index of the bar whose start it marks. */
  readonly bar: number
  readonly label: string
}

/** Marks at round times of the zone's clock, at most `most` of them. At midnight the day takes the place of the time. */
export function timeTicks(bars: readonly Bar[], zone: string, most: number): TimeTick[] {
  const spanMinutes = (bars.at(-1)?.startMinute ?? 0) - (bars[0]?.startMinute ?? 0) + 1
  const step = timeStep(spanMinutes, most)
  return bars.flatMap(({ startMinute }, bar) => {
    const { clock, day, minuteOfDay, dayNumber } = wallMinute(startMinute, zone)
    if ((dayNumber * MINUTES_PER_DAY + minuteOfDay) % step !== 0) return []
    return [{ bar, label: minuteOfDay === 0 && bar > 0 ? shortDay(day) : clock }]
  })
}

function timeStep(spanMinutes: number, most: number): number {
  const step = STEP_MINUTES.find((minutes) => Math.ceil(spanMinutes / minutes) <= most)
  return step ?? Math.ceil(spanMinutes / most / MINUTES_PER_DAY) * MINUTES_PER_DAY
}

/** `Thu 15 Jan 2026` as `15 Jan`. */
function shortDay(day: string): string {
  return day.split(' ').slice(1, 3).join(' ')
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
