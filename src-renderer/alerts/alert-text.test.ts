import { expect, test } from 'vitest'
import type { AlertStanding } from '../../src-shared/contract/alerts/alerts.ts'
import { standingText } from './alert-text.ts'

const TWO = Date.UTC(2026, 10, 24, 14, 2)
const OK: AlertStanding = { phase: 'ok', sinceMs: TWO, silence: null, why: '', alert: null }
const RUNNING = { id: 'a', startedMs: TWO, onsetMs: TWO, peak: 9 }

test('a rule says how it stands', () => {
  const texts = [
    OK,
    { ...OK, phase: 'alerting', sinceMs: TWO + 60_000, alert: RUNNING },
    { ...OK, phase: 'silenced', silence: { untilMs: TWO } },
    { ...OK, phase: 'silenced', silence: { untilMs: null } },
    { ...OK, phase: 'unknown' },
    { ...OK, phase: 'learning' },
  ] as const
  expect(texts.map((standing) => standingText(standing, 'UTC'))).toEqual([
    'Quiet',
    'Ringing since 14:02',
    'Silenced until 14:02',
    'Silenced until it is as usual',
    'Not known since 14:02',
    'Learning',
  ])
})
