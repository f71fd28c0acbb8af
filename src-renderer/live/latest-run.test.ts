import { expect, test } from 'vitest'
import { latestRun } from './dashboard-state.ts'
import { run } from '../../test-support/renderer/live/dashboard.ts'

const last = { ...run, runId: 'last', startMs: 2_000 }
const older = { ...run, runId: 'older', startMs: 1_000 }

test('a newer run, the same one, and one under way take the place of the one shown', () => {
  expect(latestRun(null, older)).toBe(older)
  expect(latestRun(older, last)).toBe(last)
  const changed = { ...last, created: 0 }
  expect(latestRun(last, changed)).toBe(changed)
  const again = { ...older, state: 'running' as const, by: null }
  expect(latestRun(last, again)).toBe(again)
})

test('an older one of which slots are looked for again does not', () => {
  expect(latestRun(last, { ...older, unknown: 0 })).toBe(last)
})
