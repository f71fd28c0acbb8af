import { expect, test } from 'vitest'
import type { RunProgress } from '../../src-shared/contract/models.ts'
import { endWords, paceWords, troubleWords } from './run-words.ts'

const run: RunProgress = {
  runId: 'abcdefgh',
  seed: 7,
  state: 'done',
  projectKey: 'TPM',
  planned: 100,
  created: 97,
  failed: 0,
  unknown: 0,
  startMs: 0,
  endMs: 3_600_000,
  rate: 1,
  latenessP95Ms: null,
  reason: null,
}

test('a run that keeps its plan is on time, one that does not is behind', () => {
  expect(paceWords(run)).toBe('')
  expect(paceWords({ ...run, latenessP95Ms: 8.4 })).toBe('on time, late p95 8 ms')
  expect(paceWords({ ...run, latenessP95Ms: 2_600 })).toBe('behind its plan, late p95 3 s')
})

test('tickets that were refused and tickets of unknown outcome are told apart', () => {
  expect(troubleWords(run)).toEqual([])
  expect(troubleWords({ ...run, failed: 1, unknown: 2 })).toEqual([
    'Jira refused 1 ticket; it was not made.',
    'The outcome of 2 tickets is not known; they are not sent again unasked.',
  ])
})

test('the end says how it came and which seed repeats it', () => {
  expect(endWords({ ...run, created: 100 })).toBe('Done: 100 of 100 tickets made. Seed 7.')
  expect(endWords({ ...run, state: 'broken' })).toBe('Interrupted: 97 of 100 tickets made. Seed 7.')
})
