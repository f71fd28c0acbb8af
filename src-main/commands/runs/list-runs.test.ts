import { expect, test } from 'vitest'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { notMade, runsTable, stateText } from './run-document.ts'

const RUN = {
  runId: 'abcd1234',
  seed: 4_294_967_295,
  profile: 'spike 30m x5 10m',
  state: 'done',
  projectKey: 'OPS, TPM',
  planned: 100,
  created: 97,
  failed: 2,
  unknown: 1,
  skipped: 0,
  missed: 0,
  removed: 0,
  startMs: Date.UTC(2026, 10, 25, 4, 5),
  endMs: Date.UTC(2026, 10, 25, 5, 5),
  rate: 1,
  lateness: null,
} satisfies RunProgress

test('runs stand in a table, by the clock of the zone', () => {
  expect(runsTable([RUN], 'Europe/Berlin', null)).toBe(
    [
      'run       when          project   profile                 seed  planned  created  not made  state',
      'abcd1234  25 Nov 05:05  OPS, TPM  spike 30m x5 10m  4294967295      100       97         3  done',
    ].join('\n'),
  )
})

test('a narrow terminal shows the most important, and names the rest', () => {
  const text = runsTable([RUN], 'UTC', 80)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(text).toContain('A wider terminal shows more: project, seed.')
  expect(runsTable([RUN], 'UTC', 40)).toContain('abcd1234')
})

test('of a stopped run all that was not created is not made; of another what cannot be any more', () => {
  expect(notMade(RUN)).toBe(3)
  expect(notMade({ ...RUN, state: 'stopped', created: 40, failed: 0, unknown: 0 })).toBe(60)
  expect(notMade({ ...RUN, state: 'running', by: null, created: 40, failed: 0, unknown: 0 })).toBe(0)
})

test('the state says where a run is worked on, and what was deleted of it', () => {
  expect(stateText({ ...RUN, state: 'running', by: 'kite' })).toBe('running on kite')
  expect(stateText({ ...RUN, removed: 97 })).toBe('done, cleaned up')
  expect(stateText({ ...RUN, removed: 12 })).toBe('done, 12 deleted again')
})
