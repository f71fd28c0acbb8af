import type { Minute, MinuteSpan } from '../../src-shared/domain/minute.ts'

/** Integer: minutes ÷ 1,440, in UTC. The unit of the day counts, which are the sums of the minute counts. */
export type Day = number

const MINUTES_PER_DAY = 1_440

/** The day that a minute falls in. */
export function dayOf(minute: Minute): Day {
  return Math.floor(minute / MINUTES_PER_DAY)
}

export function firstMinuteOf(day: Day): Minute {
  return day * MINUTES_PER_DAY
}

/**
 * What lies on either side of a span, in whole days and the minutes between them and the span: before it the days
 * `< beforeDay` and `minutesBefore`, after it the days `>= afterDay` and `minutesAfter`.
 */
export interface OutsideDays {
  readonly beforeDay: Day
  readonly minutesBefore: MinuteSpan
  readonly minutesAfter: MinuteSpan
  readonly afterDay: Day
}

export function outsideDays({ fromMinute, toMinute }: MinuteSpan): OutsideDays {
  const beforeDay = dayOf(fromMinute)
  const afterDay = Math.ceil(toMinute / MINUTES_PER_DAY)
  return {
    beforeDay,
    minutesBefore: { fromMinute: firstMinuteOf(beforeDay), toMinute: fromMinute },
    minutesAfter: { fromMinute: toMinute, toMinute: firstMinuteOf(afterDay) },
    afterDay,
  }
}
