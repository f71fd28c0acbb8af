import { expect, test } from 'vitest'
import type { Run, Slot, SlotState } from '../store/store.ts'
import { runMinutes } from './run-minutes.ts'

const MINUTE_MS = 60_000
const START_MS = 1_800_000_000_000

function slot(minute: number, state: SlotState): Slot {
  return { plannedMs: START_MS + minute * MINUTE_MS, state } as Slot
}

test('each minute of a run tells what was planned, made, and will not be made by itself', () => {
  const run = { startMs: START_MS, endMs: START_MS + 3 * MINUTE_MS } as Run
  const slots = [
    slot(0, 'created'),
    slot(0, 'failed'),
    slot(0, 'unknown'),
    slot(0, 'skipped'),
    slot(0, 'sent'),
    slot(2, 'planned'),
    slot(2, 'created'),
  ]
  const counts = runMinutes(run, slots).map(({ planned, created, notMade }) => ({
    planned,
    created,
    notMade,
  }))
  expect(counts).toEqual([
    { planned: 5, created: 1, notMade: 3 },
    { planned: 0, created: 0, notMade: 0 },
    { planned: 2, created: 1, notMade: 0 },
  ])
  expect(() => runMinutes(null, slots)).toThrow('no such run')
})
