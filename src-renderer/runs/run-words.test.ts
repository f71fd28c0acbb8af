import { describe, expect, test } from 'vitest'
import type { RunProgress, Session } from '../../src-shared/contract/models.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { endWords, paceWords, reasonWords, startQuestion, startWords, troubleWords } from './run-words.ts'

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

test('a run that waits for its store does not tell what is wrong with that a second time', () => {
  const reason = 'It waits for the store, and goes on by itself when that is back. The server is away.'
  const waiting: RunProgress = { ...run, state: 'paused', reason, waits: true }
  expect(reasonWords(waiting, true)).toBe('It waits for the store, and goes on by itself when that is back.')
  expect(reasonWords(waiting, false)).toBe(reason)
  expect(reasonWords({ ...waiting, waits: false }, true)).toBe(reason)
})

test('the end says how it came and which seed repeats it', () => {
  expect(endWords({ ...run, created: 100 })).toBe('Done: 100 of 100 tickets made. Seed 7.')
  expect(endWords({ ...run, state: 'broken' })).toBe('Interrupted: 97 of 100 tickets made. Seed 7.')
})

describe('before tickets are made in a real Jira', () => {
  const session: Session = {
    version: '1',
    site: { id: 's', kind: 'cloud', label: 'acme.atlassian.net', browseUrl: 'https://acme.atlassian.net' },
    projectKey: 'OPS',
    store: { kind: 'sqlite', label: 'SQLite' },
    zone: 'UTC',
    watchedField: { id: 'priority', name: 'Priority' },
    watched: [],
    tokenExpiresOn: null,
    clock: steadyClock(0),
  }

  test('the question names the site and how many', () => {
    expect(startQuestion(session, { count: 1_200, minutes: 60 })).toBe(
      'Make 1,200 tickets in acme.atlassian.net?',
    )
  })

  test('the project is named where one is chosen', () => {
    expect(startWords(session, { count: 1, minutes: 1 })).toContain(
      'In 1 minute, 1 ticket will be in project OPS of acme.atlassian.net',
    )
    expect(startWords({ ...session, projectKey: null }, { count: 100, minutes: 0.5 })).toContain(
      'In 0.5 minutes, 100 tickets will be in acme.atlassian.net for',
    )
  })
})
