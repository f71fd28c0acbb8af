import { poissonCount, randomNumbers, type RandomNumbers } from './random.ts'

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR

/** When the tickets of a past were made. */
export interface Arrivals {
  /** Site epoch ms, in order. */
  readonly instants: Float64Array
  /** Whether a ticket of that instant is one of an outage, when most are urgent. */
  readonly isOutage: (epochMs: number) => boolean
}

/** Uniform over the hours before `endMs` (epoch ms), as arrivals are that know nothing of each other. */
export function evenArrivals(plan: {
  readonly count: number
  readonly hours: number
  readonly seed: number
  readonly endMs: number
}): Arrivals {
  const spanMs = plan.hours * MS_PER_HOUR
  const random = randomNumbers(plan.seed)
  const instants = Float64Array.from(
    { length: plan.count },
    () => plan.endMs - spanMs + Math.floor(random() * spanMs),
  )
  return { instants: instants.toSorted(), isOutage: () => false }
}

/** Tickets in the busiest hour of an ordinary week. */
const BUSIEST_HOUR = 60

/** How busy each hour of a working day is, from midnight on. */
const WORKING_DAY = [
  0.1, 0.08, 0.07, 0.07, 0.08, 0.12, 0.22, 0.45, 0.75, 0.95, 1, 0.95, 0.8, 0.85, 0.95, 1, 0.9, 0.7, 0.45, 0.3,
  0.24, 0.2, 0.16, 0.13,
] as const
const NIGHT = 0.08
/** Of a working day's hours, on Saturdays and Sundays. */
const WEEKEND_SHARE = 0.1

/** Whoever looks for the first time shall see an hour that is full, whatever the hour is. */
const LAST_HOUR = 140
/** Minute by minute what comes besides in the last hour, and how many minutes before its end that begins. */
const SPIKE = [2, 5, 11, 13, 9, 6, 3, 2] as const
const SPIKE_BEFORE_END = 26

/** The one bad morning: its minutes, the most of a minute, and how many days ago it may be at the latest. */
const STORM_MINUTES = 45
const STORM_PEAK = 9
const STORM_DAYS_AGO = 9
const STORM_CLOCK_MS = 10 * MS_PER_HOUR + 20 * MS_PER_MINUTE
const WEDNESDAY = 3

/**
 * A past as a support desk has it: busy on working days, quiet at night and at weekends, with one storm, and a full last
 * hour with a spike. `utcOffsetMs`: the wall clock that its people live by, less UTC.
 */
export function workingWeeks(plan: {
  readonly weeks: number
  readonly seed: number
  readonly endMs: number
  readonly utcOffsetMs: number
}): Arrivals {
  const { weeks, seed, endMs, utcOffsetMs } = plan
  const lastHourMs = endMs - MS_PER_HOUR
  const beginMs = endMs - weeks * 7 * MS_PER_DAY
  const wallClock = (epochMs: number): Date => new Date(epochMs + utcOffsetMs)
  const outages = [spike(endMs), storm(endMs, utcOffsetMs)].filter(({ fromMs }) => fromMs >= beginMs)
  // The last hour is drawn apart: it is the same at whatever hour of the week.
  const lately = [
    ...within(randomNumbers(seed), lastHourMs, MS_PER_HOUR, LAST_HOUR),
    ...outages.slice(0, 1).flatMap((outage) => burst(randomNumbers(seed + 4), outage)),
  ]
  const random = randomNumbers(seed + 5)
  const before = outages.slice(1).flatMap((outage) => burst(random, outage))
  for (let fromMs = lastHourMs - MS_PER_HOUR; fromMs >= beginMs; fromMs -= MS_PER_HOUR) {
    before.push(...within(random, fromMs, MS_PER_HOUR, BUSIEST_HOUR * busyness(wallClock(fromMs))))
  }
  return {
    instants: Float64Array.from([...before, ...lately]).toSorted(),
    isOutage: (epochMs) =>
      outages.some(
        ({ fromMs, minutes }) => epochMs >= fromMs && epochMs < fromMs + minutes.length * MS_PER_MINUTE,
      ),
  }
}

/** How busy an hour is, from 0 to 1, by the wall clock (read as UTC) of its beginning. */
function busyness(wallClock: Date): number {
  const ofDay = WORKING_DAY[wallClock.getUTCHours()] ?? 0
  const isWeekend = [0, 6].includes(wallClock.getUTCDay())
  return isWeekend ? NIGHT + WEEKEND_SHARE * ofDay : ofDay
}

/** More tickets than usual: how many in each minute from an instant on. */
interface Outage {
  readonly fromMs: number
  readonly minutes: readonly number[]
}

function spike(endMs: number): Outage {
  return { fromMs: endMs - SPIKE_BEFORE_END * MS_PER_MINUTE, minutes: SPIKE }
}

/** On the last Wednesday that is more than a week ago; it comes fast and goes slowly. */
function storm(endMs: number, utcOffsetMs: number): Outage {
  let dayMs = Math.floor((endMs + utcOffsetMs) / MS_PER_DAY - STORM_DAYS_AGO) * MS_PER_DAY
  while (new Date(dayMs).getUTCDay() !== WEDNESDAY) dayMs -= MS_PER_DAY
  const minutes = Array.from({ length: STORM_MINUTES }, (_, minute) =>
    Math.round(STORM_PEAK * Math.min((minute + 1) / 8, Math.exp((8 - minute) / 22))),
  )
  return { fromMs: dayMs - utcOffsetMs + STORM_CLOCK_MS, minutes }
}

function burst(random: RandomNumbers, { fromMs, minutes }: Outage): number[] {
  return minutes.flatMap((count, minute) =>
    Array.from({ length: count }, () => fromMs + Math.floor((minute + random()) * MS_PER_MINUTE)),
  )
}

function within(random: RandomNumbers, fromMs: number, lengthMs: number, expected: number): number[] {
  const count = poissonCount(random, expected)
  return Array.from({ length: count }, () => fromMs + Math.floor(random() * lengthMs))
}
