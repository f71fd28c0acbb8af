import { expect, test } from 'vitest'
import type { Workbench } from '../../app/workbench.ts'
import type { DashboardController } from '../../live/dashboard.ts'
import { createStateStore } from '../../state-store.ts'
import { eight } from '../../../test-support/renderer/runs-page/runs.ts'
import { showMinute } from './audit-tables.tsx'

function workbench(): { workbench: Workbench; calls: unknown[] } {
  const calls: unknown[] = []
  const dashboard = {
    showSpan: (span: unknown) => calls.push(['span', span]),
    open: (span: unknown) => calls.push(['open', span]),
  } as unknown as DashboardController
  const state = { page: 'runs', cursor: null }
  return { workbench: { dashboard, view: createStateStore(state) } as unknown as Workbench, calls }
}

test('a minute leads to its hour, with its bar chosen and the tickets behind it listed', () => {
  const { workbench: bench, calls } = workbench()
  showMinute(bench, eight / 60_000 + 37, 'UTC')
  expect(calls).toEqual([
    ['span', { from: '2026-11-24T20:00:00Z', to: '2026-11-24T21:00:00Z' }],
    ['open', { fromMs: eight + 37 * 60_000, toMs: eight + 38 * 60_000 }],
  ])
  expect(bench.view.get()).toMatchObject({
    page: 'dashboard',
    cursor: { at: eight / 60_000 + 37, by: 'key' },
  })
})
