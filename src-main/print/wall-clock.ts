import { Temporal } from 'temporal-polyfill'
import { minuteOf, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'

const MS_PER_DAY = 86_400_000
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A minute as clocks and calendars of a zone show it. */
export interface WallMinute {
  /** `14:05` */
  readonly clock: string
  /** `Thu 15 Jan 2026` */
  readonly day: string
  /** `15 Jan` */
  readonly shortDay: string
  /** Minutes since midnight by the clock, 0–1,439: on days when clocks change some come twice or never. */
  readonly minuteOfDay: number
  /** Days of the zone's calendar since 1 January 1970. */
  readonly dayNumber: number
}

export function wallMinute(minute: Minute, zone: string): WallMinute {
  const at = Temporal.Instant.fromEpochMilliseconds(startOfMinute(minute)).toZonedDateTimeISO(zone)
  const shortDay = `${at.day} ${MONTHS[at.month - 1]}`
  return {
    clock: `${twoDigits(at.hour)}:${twoDigits(at.minute)}`,
    day: `${WEEKDAYS[at.dayOfWeek - 1]} ${shortDay} ${at.year}`,
    shortDay,
    minuteOfDay: at.hour * 60 + at.minute,
    dayNumber: Date.UTC(at.year, at.month - 1, at.day) / MS_PER_DAY,
  }
}

/** An instant (epoch ms) by the wall clock of a zone: `25 Nov 14:05`. */
export function wallTime(epochMs: number, zone: string): string {
  const { shortDay, clock } = wallMinute(minuteOf(epochMs), zone)
  return `${shortDay} ${clock}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
