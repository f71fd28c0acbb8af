import { expect, test } from 'vitest'
import { tokenExpiry } from '../../src-shared/domain/token-expiry.ts'
import { checkToken } from './preflight.ts'

const nowMs = Date.UTC(2026, 10, 24, 12)
const parts = { nowMs, deployment: 'cloud', isSandbox: false } as const

test.each([
  ['2027-01-31', 'ok', /until 2027-01-31/],
  ['2026-12-09', 'ok', /until 2026-12-09/],
  ['2026-12-08', 'warning', /14 more days/],
  ['2026-11-24', 'warning', /Today/],
  ['2026-11-23', 'warning', /last day was 2026-11-23/],
  [null, 'warning', /not known/],
] as const)('a token that works until %s: %s', (day, state, message) => {
  const outcome = checkToken(day, parts)
  expect(outcome.state).toBe(state)
  expect(outcome.message).toMatch(message)
})

test('the sandbox is not asked for a day', () => {
  expect(checkToken(null, { ...parts, isSandbox: true }).state).toBe('ok')
})

test('a day counts as past from the next one on', () => {
  expect(tokenExpiry('2026-11-23', nowMs).state).toBe('expired')
  expect(tokenExpiry('2026-11-24', nowMs).state).not.toBe('expired')
  expect(tokenExpiry(null, nowMs).state).not.toBe('expired')
})
