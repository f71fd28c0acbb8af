import type { Minute } from '../minute.ts'

/** A bar of a chart over time. */
export interface BarTime {
  readonly startMinute: Minute
  readonly minutes: number
}

/** Where a bar begins and how high a count is, in pixels of what is drawn on. */
export interface BarPlaces {
  readonly left: (slot: number) => number
  readonly top: (count: number) => number
}
