import { expect, test } from 'vitest'
import { defaultRun, runRequest } from './run-request.ts'

test('the form as it stands asks for 100 tickets in an hour, at the wall clock’s pace', () => {
  expect(runRequest(defaultRun)).toEqual({ count: 100, minutes: 60 })
})

test('seed and speed go along when they are given', () => {
  expect(runRequest({ ...defaultRun, seed: '0', speed: '60' })).toEqual({
    count: 100,
    minutes: 60,
    seed: 0,
    compress: 60,
  })
})

test.each([
  { count: '0' },
  { count: '-3' },
  { count: '1e9' },
  { count: '2.5' },
  { count: '' },
  { count: 'many' },
  { minutes: '0' },
  { seed: '-1' },
  { seed: 'seven' },
])('%j is not taken', (fields) => {
  expect(runRequest({ ...defaultRun, ...fields })).toBeNull()
})
