import type { RunMinute } from '../../src-shared/contract/models.ts'
import { minuteOf, minuteSpan } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Run, Slot } from '../store/store.ts'

/** The ledger minute by minute over the run's span: what was planned, and what of it was created. Throws `not-found`. */
export function runMinutes(run: Run | null, slots: readonly Slot[]): RunMinute[] {
  if (run === null) throw new AppError('not-found', 'There is no such run here.')
  const { fromMinute, toMinute } = minuteSpan(run.startMs, run.endMs)
  const planned = new Map<number, number>()
  const created = new Map<number, number>()
  for (const { plannedMs, state } of slots) {
    const minute = minuteOf(plannedMs)
    planned.set(minute, (planned.get(minute) ?? 0) + 1)
    if (state === 'created') created.set(minute, (created.get(minute) ?? 0) + 1)
  }
  return Array.from({ length: toMinute - fromMinute }, (_, index) => {
    const minute = fromMinute + index
    return { minute, planned: planned.get(minute) ?? 0, created: created.get(minute) ?? 0 }
  })
}
