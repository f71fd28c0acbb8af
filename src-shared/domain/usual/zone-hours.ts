import { offsetNanoseconds } from 'temporal-polyfill/fns/ZonedDateTime'
import { MINUTES_PER_DAY, MINUTES_PER_HOUR, startOfMinute, type Minute } from '../minute.ts'
import { zoned } from '../zone-time.ts'

export const HOURS_PER_WEEK = 168
/** 1970 began on a Thursday, a week here on a Monday. */
const EPOCH_HOUR = 72
const MINUTES_PER_QUARTER = 15

/** 0 for a Monday's first hour, 167 for a Sunday's last, on the zone's clocks. Clocks change on a quarter of an hour. */
export function hoursOfWeek(zone: string): (minute: Minute) => number {
  const kept = ofZones.get(zone)
  if (kept !== undefined) return kept
  const offset = offsetsOf(zone)
  const hourOfWeek = (minute: Minute): number => {
    const hour = Math.floor((minute + offset(minute)) / MINUTES_PER_HOUR) + EPOCH_HOUR
    return ((hour % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK
  }
  keep(ofZones, zone, hourOfWeek, MAX_ZONES)
  return hourOfWeek
}

/** What was asked of a zone once is asked by every baseline. */
const ofZones = new Map<string, (minute: Minute) => number>()
const MAX_ZONES = 16

/** Days (quarters on a day when clocks change) whose offset is remembered. */
const MAX_KEPT = 4_096

/** The zone's minutes ahead of UTC at a minute. */
function offsetsOf(zone: string): (minute: Minute) => number {
  const ask = (minute: Minute): number =>
    Math.round(offsetNanoseconds(zoned(startOfMinute(minute), zone)) / 60e9)
  const ofDay = new Map<number, number | null>()
  const ofQuarter = new Map<number, number>()
  return (minute) => {
    const day = Math.floor(minute / MINUTES_PER_DAY)
    let offset = ofDay.get(day)
    if (offset === undefined) {
      const [first, next] = [ask(day * MINUTES_PER_DAY), ask((day + 1) * MINUTES_PER_DAY)]
      offset = first === next ? first : null
      keep(ofDay, day, offset)
    }
    return offset ?? ofChangingDay(minute)
  }

  function ofChangingDay(minute: Minute): number {
    const quarter = Math.floor(minute / MINUTES_PER_QUARTER)
    let offset = ofQuarter.get(quarter)
    if (offset === undefined) {
      offset = ask(quarter * MINUTES_PER_QUARTER)
      keep(ofQuarter, quarter, offset)
    }
    return offset
  }
}

function keep<K, T>(map: Map<K, T>, key: K, value: T, most = MAX_KEPT): void {
  if (map.size >= most) map.clear()
  map.set(key, value)
}
