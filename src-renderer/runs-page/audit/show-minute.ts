import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { Workbench } from '../../app/workbench.ts'
import { hourAt } from '../../live/hour.ts'

/** Goes to the chart of the hour that a minute is in, with the tickets of its bar listed. */
export function showMinute({ dashboard, view }: Workbench, minute: number, zone: string): void {
  const span = { fromMs: startOfMinute(minute), toMs: startOfMinute(minute + 1) }
  const hour = hourAt(span.fromMs, zone)
  dashboard.showHour(hour)
  dashboard.open(span)
  view.set((state) => ({
    ...state,
    page: 'dashboard',
    // Bars of one minute each are numbered by it.
    cursor: state.view === 'bar' ? { slot: minute - startMinute(hour.fromMs), byKey: true } : null,
  }))
}

function startMinute(epochMs: number): number {
  return Math.floor(epochMs / startOfMinute(1))
}
