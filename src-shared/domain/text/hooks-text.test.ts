import { expect, test } from 'vitest'
import type { HooksStatus } from '../../contract/hooks.ts'
import { hooksText } from './hooks-text.ts'

const HEALTHY: HooksStatus = {
  state: 'healthy',
  received: 1_204,
  repeats: 3,
  untold: 0,
  unread: 0,
  latenessMs: { p50: 300, p95: 812 },
}

test.each<[string, Partial<HooksStatus>, tone: string, short: string]>([
  ['all is told', {}, 'healthy', 'Webhooks healthy'],
  ['a batch is being read', { unread: 50 }, 'healthy', 'Webhooks healthy'],
  ['there is a queue', { unread: 51 }, 'behind', 'Webhooks: 51 to read'],
  ['there is a queue at the start', { state: 'waiting', unread: 500 }, 'behind', 'Webhooks: 500 to read'],
  ['none came', { state: 'waiting', received: 0, latenessMs: null }, 'unproven', 'No webhook yet'],
  ['none came again', { state: 'waiting' }, 'unproven', 'No webhook in time yet'],
  [
    'they come late',
    { state: 'waiting', latenessMs: { p50: 45_000, p95: 90_000 } },
    'unproven',
    'Webhooks come late',
  ],
  ['one may come', { state: 'missing' }, 'missed', 'A webhook is late'],
  ['some were missed', { state: 'missing', untold: 3 }, 'missed', 'Webhooks missed 3'],
  ['of a queue and some missed', { state: 'missing', untold: 3, unread: 99 }, 'missed', 'Webhooks missed 3'],
])('%s: %j is %s, “%s”', (_when, change, tone, short) => {
  const said = hooksText({ ...HEALTHY, ...change })
  expect(said).toMatchObject({ tone, short })
  expect(said.hint === '').toBe(tone === 'healthy')
  const means = { healthy: 'once a minute', behind: 'still to be read' }[tone] ?? 'as often as without'
  expect(said.text).toContain(means)
})

test('figures are said as a person says them', () => {
  expect(hooksText({ ...HEALTHY, untold: 1 }).text).toBe(
    'Jira’s webhooks tell of each change, 95 of 100 within 0.8 s of it; Jira is asked once a minute. Before, within the last day, 1 change came without one.',
  )
  expect(hooksText({ ...HEALTHY, latenessMs: null }).text).toContain('tell of each change; Jira')
  const late = { ...HEALTHY, state: 'waiting', latenessMs: { p50: 45_400, p95: 90_000 } } as const
  expect(hooksText(late).text).toContain('come 45 s or more after')
})
