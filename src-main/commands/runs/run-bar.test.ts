import { expect, test } from 'vitest'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { steadyClock, type SiteClock } from '../../../src-shared/domain/site-clock.ts'
import { durationText } from '../../../src-shared/domain/text/sentences.ts'
import { runFacts } from './follow-run.ts'
import { TOLD_RUN } from '../../../test-support/commands/run.ts'

const START_MS = Date.UTC(2026, 10, 25, 14)
const RUN: RunProgress = {
  ...TOLD_RUN,
  planned: 100,
  created: 40,
  startMs: START_MS,
  endMs: START_MS + 3_600_000,
  lateness: { p50Ms: 3, p95Ms: 8.4, maxMs: 31 },
}

test('a run under way: what is left of its plan, how late it is, how many a minute', () => {
  const atMs = START_MS + 24 * 60_000
  expect(runFacts(RUN, steadyClock(atMs), atMs)).toEqual(['36 min left', 'late p95 8 ms', '1.67 a minute'])
})

test('a compressed run: the time that is left is real, the rate is the site’s', () => {
  const atMs = START_MS + 24 * 60_000
  const clock: SiteClock = { machineMs: 5_000, siteMs: atMs, rate: 120, untilSiteMs: RUN.endMs }
  expect(runFacts(RUN, clock, 5_000)).toEqual(['18 s left', 'late p95 8 ms', '1.67 a minute'])
})

test('a run that made all of its tickets: its average is over all of its planned time, also when its last ticket came before', () => {
  const run: RunProgress = { ...RUN, created: 100 }
  const atMs = RUN.endMs - 120_000
  expect(runFacts(run, steadyClock(atMs), atMs)).toEqual(['late p95 8 ms', '1.67 a minute'])
})

test('what went wrong comes first; of a run that rests no time is left', () => {
  const run: RunProgress = {
    ...RUN,
    state: 'paused',
    cause: { code: 'requested' },
    failed: 2,
    unknown: 1,
    skipped: 3,
    created: 2,
  }
  const atMs = START_MS + 60_000
  expect(runFacts(run, steadyClock(atMs), atMs)).toEqual([
    '2 failed',
    '1 unknown',
    '3 left out',
    'late p95 8 ms',
  ])
})

test('lengths of time as a person says them', () => {
  expect([0, 8_400, 99_000, 720_000, 5_999_000, 7_200_000, 7_500_000].map(durationText)).toEqual([
    '0 s',
    '8 s',
    '99 s',
    '12 min',
    '1 h 40 min',
    '2 h',
    '2 h 5 min',
  ])
})
