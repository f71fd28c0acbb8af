import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { limited, notAuthenticated, refusedByJira, timedOut } from '../jira/errors.ts'
import { failureDelayMs, isOfStore, needsItsPerson, needsPerson } from './failure-policy.ts'

test('the interval doubles with each failure, up to a minute', () => {
  const error = timedOut('jira.test', 30_000)
  const delays = [1, 2, 3, 4, 5, 50].map((failures) => failureDelayMs(failures, 5_000, error))
  expect(delays).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
})

test('an interval longer than a minute stays as it is', () => {
  expect(failureDelayMs(3, 300_000, timedOut('jira.test', 30_000))).toBe(300_000)
})

test('Jira’s own wait is never cut short', () => {
  expect(failureDelayMs(1, 5_000, limited('jira.test', null, 1_847_000))).toBe(1_847_000)
})

test('a plain no is asked again once a minute', () => {
  const refused = refusedByJira('jira.test', 400, 'no such project')
  expect(needsPerson(refused)).toBe(false)
  expect([1, 2, 9].map((failures) => failureDelayMs(failures, 5_000, refused))).toEqual([
    60_000, 60_000, 60_000,
  ])
})

test('what only the person can mend is not tried again', () => {
  expect(needsPerson(notAuthenticated('jira.test', 'refused'))).toBe(true)
  expect(needsPerson(new AppError('tables-missing', 'The tables were dropped.'))).toBe(true)
  expect(needsPerson(timedOut('jira.test', 30_000))).toBe(false)
  expect(needsPerson(new Error('a bug'))).toBe(false)
})

test.each(['store-unavailable', 'store-full', 'busy'] as const)(
  'a store is tried again after the interval, five seconds at most, however often it failed (%s)',
  (code) => {
    const error = new AppError(code, 'The store is away.')
    expect(isOfStore(error)).toBe(true)
    expect([1, 2, 50].map((failures) => failureDelayMs(failures, 3_000, error))).toEqual([
      3_000, 3_000, 3_000,
    ])
    expect(failureDelayMs(50, 300_000, error)).toBe(5_000)
  },
)

test('what one person has to mend keeps nobody else from fetching; what all of them meet does', () => {
  expect(needsItsPerson(notAuthenticated('jira.test', 'refused'))).toBe(true)
  expect(needsItsPerson(new AppError('tables-missing', 'The tables were dropped.'))).toBe(false)
  expect(isOfStore(notAuthenticated('jira.test', 'refused'))).toBe(false)
})
