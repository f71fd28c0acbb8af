import { expect, test } from 'vitest'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { readReport, writeReport } from './shared-report.ts'

const HOUR = 3_600_000
const STATUS: SyncStatus = {
  state: 'failing',
  lastSuccessMs: 10_000_000,
  lastInserted: 3,
  nextMs: 10_065_000,
  indexLagMs: 42_000,
  storedTickets: 120,
  known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
  progress: { done: 1, total: 2 },
  failure: {
    sinceMs: 10_030_000,
    code: 'jira-unreachable',
    message: 'Away.',
    what: 'Away.',
    consequence: '',
    hint: '',
  },
  by: null,
  hooks: {
    state: 'healthy',
    received: 9,
    repeats: 2,
    untold: 1,
    unread: 0,
    latenessMs: { p50: 300, p95: 900 },
  },
}
const ADA = { owner: 'a/1/b', host: 'ada' }

test('its times are those of the machine that reads it, however far its clock is apart', () => {
  const text = writeReport(STATUS, ADA, { nowMs: 10_060_000, siteMs: 77 })
  expect(readReport(text, 10_060_000 + 3 * HOUR)).toEqual({
    owner: 'a/1/b',
    isCutOff: false,
    siteMs: 77,
    status: {
      ...STATUS,
      lastSuccessMs: 10_000_000 + 3 * HOUR,
      nextMs: 10_065_000 + 3 * HOUR,
      failure: { ...STATUS.failure, sinceMs: 10_030_000 + 3 * HOUR },
      by: 'ada',
    },
  })
  expect(text.length).toBeLessThan(2_000)
})

test('of what never was, nothing is published', () => {
  const never = { ...STATUS, lastSuccessMs: null, nextMs: null, failure: null, progress: null }
  const text = writeReport(never, ADA, { nowMs: 1, siteMs: 1 })
  expect(readReport(text, 5)?.status).toEqual({ ...never, by: 'ada' })
})

test.each(['', 'no JSON', '{}', '[]', '{"owner":"a","host":"b","siteMs":1,"status":{}}'])(
  'another program’s text is none: %s',
  (text) => expect(readReport(text, 0)).toBeNull(),
)
