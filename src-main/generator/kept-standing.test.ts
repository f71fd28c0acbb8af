import { pino } from 'pino'
import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Run } from '../store/ledger/ledger.ts'
import { keepStanding } from './kept-standing.ts'

const away = new AppError('store-unavailable', 'The store is out of reach.', { retryable: true })

function openStanding() {
  const run = { runId: 'abcd2345', state: 'running', reason: null, revision: null } as unknown as Run
  return keepStanding({
    run,
    siteId: 'site',
    siteTime: { now: () => 0 },
    log: pino({ level: 'silent' }),
    lease: { lost: () => false },
    store: {},
  } as unknown as Parameters<typeof keepStanding>[0])
}

test('a run that waits for its store does so although what it had under way was aborted for that', () => {
  const standing = openStanding()
  standing.fail(away)
  expect(standing.sending.aborted).toBe(true)
  standing.fail(standing.sending.reason)
  expect(standing.current()).toMatchObject({ state: 'pausing', reason: { code: 'store-away' } })
})

test('what goes wrong besides is the reason, whatever was first', () => {
  const standing = openStanding()
  standing.fail(away)
  standing.fail(new TypeError('x is not a function'))
  expect(standing.current()).toMatchObject({ reason: { code: 'failed' } })
})
