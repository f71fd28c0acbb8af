import { expect, test } from 'vitest'
import type { AlertList, AlertRule, AlertStanding } from '../../src-shared/contract/alerts/alerts.ts'
import { ringing, ruleText, standingText, unknownNow } from './alert-text.ts'

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
    { ...OK, phase: 'unknown', alert: { ...RUNNING, startedMs: 0 } },
    { ...OK, phase: 'learning' },
  ] as const
  expect(texts.map((standing) => standingText(standing, 'UTC'))).toEqual([
    'Quiet',
    'Ringing since 14:02',
    'Silenced until 14:02',
    'Silenced until it is as usual',
    'Not known since 14:02',
    'Not known since 14:02',
    'Learning',
  ])
})

test('while the store is away no rule is quiet, and none rings', () => {
  const standings = [OK, { ...OK, phase: 'alerting', alert: RUNNING }, { ...OK, phase: 'off' }] as const
  const rules = standings.map((standing) => ({ standing }))
  const list = unknownNow({ rules, rehearsals: [{ id: 'b' }], away: null } as unknown as AlertList)
  expect(list.rules.map(({ standing }) => standingText(standing, 'UTC'))).toEqual([
    'Not known',
    'Not known',
    'Off',
  ])
  expect([ringing(list), list.rehearsals]).toEqual([[], []])
})

test('under its name a rule says what the name does not', () => {
  const condition = { kind: 'at-least', tickets: 8, minutes: 5 } as const
  const watched = {
    watched: [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ],
  }
  const rule = { id: 'a', name: '', scope: {}, condition, on: true, revision: 'r', createdMs: TWO }
  const text = (part: Partial<AlertRule>) => ruleText({ ...rule, ...part }, watched)
  expect(text({ name: 'Storm' })).toBe('At least 8 tickets in 5 min, High or Highest')
  expect(text({ name: 'At least 8 tickets in 5 min' })).toBe('High or Highest')
  expect(text({ name: 'At least 8 tickets in 5 min, High', scope: { priority: '2' } })).toBe('')
  const unfetched = { kind: 'nothing-fetched', minutes: 2 } as const
  expect(text({ name: 'Nothing fetched for 2 min', condition: unfetched })).toBe('')
  expect(text({ name: 'Jira', condition: unfetched })).toBe('Nothing fetched for 2 min')
})
