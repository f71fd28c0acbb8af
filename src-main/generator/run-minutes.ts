import type { RunMinute } from '../../src-shared/contract/models.ts'
import { minuteOf, minuteSpan } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Run, Slot, SlotState } from '../store/store.ts'

const NOT_MADE: ReadonlySet<SlotState> = new Set(['failed', 'unknown', 'skipped'])

/**
 * The ledger minute by minute over the run's span: what was planned, what of it was created, and what was not and will
 * not be by itself. Throws `not-found`.
 */
export function runMinutes(run: Run | null, slots: readonly Slot[]): RunMinute[] {
  if (run === null) throw new AppError('not-found', 'There is no such run here.')
  const { fromMinute, toMinute } = minuteSpan(run.startMs, run.endMs)
  const minutes = Array.from({ length: toMinute - fromMinute }, (_, index) => ({
    minute: fromMinute + index,
    planned: 0,
    created: 0,
    notMade: 0,
  }))
  for (const { plannedMs, state } of slots) {
    const minute = minutes[minuteOf(plannedMs) - fromMinute]
    if (minute === undefined) continue
    minute.planned++
    if (state === 'created') minute.created++
    if (NOT_MADE.has(state)) minute.notMade++
  }
  return minutes
}
