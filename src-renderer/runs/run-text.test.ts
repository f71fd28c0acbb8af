import { describe, expect, test } from 'vitest'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import type { RunPreview } from './run-request.ts'
import {
  endText,
  paceText,
  removedText,
  shownReason,
  startQuestion,
  startText,
  ticketsLeft,
  troubleText,
} from './run-text.ts'
import { PAUSED, testRun, WAITING } from '../../test-support/domain/run.ts'

const run = testRun
const planned = (count: number, minutes: number, request = {}): RunPreview => ({
  request: { seed: 7, ...request },
  count,
  minutes,
  perMinute: [],
})

test('a run that keeps its plan is on time, one that does not is behind', () => {
  expect(paceText(run)).toBe('')
  expect(paceText({ lateness: { p50Ms: 2.6, p95Ms: 8.4, maxMs: 40 } })).toBe(
    'on time, late p50 3 ms, p95 8 ms, max 40 ms',
  )
  expect(paceText({ lateness: { p50Ms: 900, p95Ms: 2_600, maxMs: 190_000 } })).toBe(
    'behind its plan, late p50 900 ms, p95 3 s, max 3 min',
  )
})

test('tickets that were refused or given up, and tickets of unknown outcome, are told apart', () => {
  expect(troubleText(run)).toEqual([])
  expect(troubleText({ ...run, failed: 1, unknown: 2 })).toEqual([
    '1 ticket was not made; the audit says why.',
    'The outcome of 2 tickets is not known; they are not sent again unasked.',
  ])
})

test('slots that a person skipped are shown, and are not left to be made', () => {
  expect(troubleText({ ...run, skipped: 1 })).toEqual(['1 ticket was skipped, and not made.'])
  expect(ticketsLeft({ ...run, created: 40, failed: 1, unknown: 2, skipped: 7 })).toBe(50)
})

test('what a clean-up has deleted is shown', () => {
  expect(removedText(run)).toBeNull()
  expect(removedText({ ...run, removed: 96 })).toBe('96 tickets of it were deleted from Jira.')
})

test('a run that waits for its store does not tell what is wrong with that a second time', () => {
  const waiting = { ...run, ...WAITING }
  expect(shownReason(waiting, true)).toBe('It waits for the store, and goes on by itself when that is back.')
  expect(shownReason(waiting, false)).toBe(
    'It waits for the store, and goes on by itself when that is back. The server is away.',
  )
  expect(shownReason({ ...run, ...PAUSED }, true)).toBe('It was paused. Resume it to go on.')
})

test('the end says how it came and which seed repeats it', () => {
  expect(endText({ ...run, created: 100 })).toBe('Done: 100 of 100 tickets made. Seed 7.')
  expect(endText({ ...run, state: 'broken' })).toBe('Interrupted: 97 of 100 tickets made. Seed 7.')
})

describe('before tickets are made in a real Jira', () => {
  const session: Session = {
    version: '1',
    site: {
      id: 's',
      kind: 'cloud',
      label: 'acme.atlassian.net',
      browseUrl: 'https://acme.atlassian.net',
    },
    projectKey: 'OPS',
    store: { kind: 'sqlite', label: 'SQLite' },
    zone: 'UTC',
    watchedField: { id: 'priority', name: 'Priority' },
    watched: [],
    tokenExpiresOn: null,
    clock: steadyClock(0),
  }

  test('the projects that the person named go before the one that is watched', () => {
    expect(startText(session, planned(9, 60, { projects: { APP: 1 } }))).toContain('in project APP of acme')
    expect(startText(session, planned(9, 60, { projects: { APP: 1, OPS: 2 } }))).toContain(
      'in the projects APP, OPS of acme',
    )
  })

  test('the question names the site and how many', () => {
    expect(startQuestion(session, planned(1_200, 60))).toBe('Make 1,200 tickets in acme.atlassian.net?')
  })

  test('the project is named where one is chosen', () => {
    expect(startText(session, planned(1, 1))).toContain(
      'In 1 minute, 1 ticket will be in project OPS of acme.atlassian.net',
    )
    expect(startText({ ...session, projectKey: null }, planned(100, 0.5))).toContain(
      'In 0.5 minutes, 100 tickets will be in acme.atlassian.net for',
    )
  })
})
