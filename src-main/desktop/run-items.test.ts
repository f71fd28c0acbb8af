import { expect, test } from 'vitest'
import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { possibleRunItems } from './menu-template.ts'

const run = {
  runId: 'abcdefgh',
  seed: 7,
  profile: 'steady',
  state: 'running',
  by: null,
  projectKey: 'TPM',
  planned: 100,
  created: 7,
  failed: 0,
  unknown: 0,
  skipped: 0,
  missed: 0,
  removed: 0,
  startMs: 0,
  endMs: 3_600_000,
  rate: 1,
  lateness: null,
} satisfies RunProgress
const possible = (part: object | null): string[] =>
  [...possibleRunItems(part && { ...run, ...part })].toSorted()

test('before the first run one can be started, and the runs looked at', () => {
  expect(possible(null)).toEqual(['run-start', 'runs'])
})

test('a run under way can be paused and stopped, one that stands still resumed and stopped', () => {
  expect(possible({})).toEqual(['run-audit', 'run-pause', 'run-stop', 'runs'])
  expect(possible({ state: 'paused', cause: { code: 'requested' } })).toEqual([
    'run-audit',
    'run-resume',
    'run-stop',
    'runs',
  ])
})

test('one that waits for its store goes on by itself, unless a person holds it', () => {
  expect(possible({ state: 'paused', cause: { code: 'store-away', error: 'It is away.' } })).toEqual([
    'run-audit',
    'run-pause',
    'run-stop',
    'runs',
  ])
})

test('a broken run can be resumed, ended, or left for another one', () => {
  expect(possible({ state: 'broken', created: 0 })).toEqual([
    'run-audit',
    'run-resume',
    'run-start',
    'run-stop',
    'runs',
  ])
})

test('a run that ended but for slots that nobody knows of can be gone on with', () => {
  expect(possible({ state: 'done', unknown: 1 })).toContain('run-resume')
  expect(possible({ state: 'stopped', unknown: 1 })).toContain('run-resume')
  expect(possible({ unknown: 1 })).not.toContain('run-resume')
})

test('a run that ended can be cleaned up as long as something of it is left', () => {
  for (const state of ['done', 'stopped'] as const) {
    expect(possible({ state })).toEqual(['run-audit', 'run-clean-up', 'run-start', 'runs'])
    expect(possible({ state, removed: 7 })).toEqual(['run-audit', 'run-start', 'runs'])
  }
})
