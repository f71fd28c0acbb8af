import type { MinuteSpan } from '../../src-shared/domain/minute.ts'
import { firstMinuteOf, type Day } from './days.ts'

/** So many tickets, and the first and last day or minute that has any. */
export interface Sum<T> {
  readonly tickets: number
  readonly first: T | null
  readonly last: T | null
}

export const NOTHING = { tickets: 0, first: null, last: null }

export function minutesOf(day: Day): MinuteSpan {
  return { fromMinute: firstMinuteOf(day), toMinute: firstMinuteOf(day + 1) }
}
