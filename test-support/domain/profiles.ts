import { parseProfile } from '../../src-shared/domain/run/profile.ts'
import type { ReplayedArrivals, TimesRequest } from '../../src-shared/domain/run/plan-times.ts'

/** Half an hour of arrivals that come in bursts, with three priorities and some that have none. */
export const BURSTS: ReplayedArrivals = {
  name: 'bursts.csv',
  offsetsMs: Array.from(
    { length: 40 },
    (_, index) => Math.floor(index / 8) * 440_000 + (index % 8) ** 2 * 700,
  ),
  priorities: ['High', 'Low', 'Medium'],
  priorityOf: Array.from({ length: 40 }, (_, index) => (index % 4) - 1),
}

/** One of each kind, as it is written. */
export const PROFILES = [
  'steady',
  'even',
  'ramp',
  'ramp 5-1',
  'ramp 1-3 even',
  'spike',
  'spike 10m x8 5m',
  'spike 40m x0 20m even',
  'sine',
  'sine 3',
  '30m@50,10m@200,20m@50',
  '10m@50-200,20m@200 even,5m@0,25m@80-10 even',
] as const

/** 100 tickets in an hour, so or so. */
export const REQUESTS: Readonly<Record<string, Omit<TimesRequest, 'seed'>>> = {
  ...Object.fromEntries(
    PROFILES.map((text) => [text, { profile: parseProfile(text), count: 100, minutes: 60 }] as const),
  ),
  'replay of 40': { replay: BURSTS },
  'replay, 25 of 40 in an hour': { replay: BURSTS, count: 25, minutes: 60 },
  'replay, 100 of 40 in 7.5 minutes': { replay: BURSTS, count: 100, minutes: 7.5 },
}
