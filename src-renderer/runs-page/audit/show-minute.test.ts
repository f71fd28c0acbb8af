import { expect, test } from 'vitest'
import type { Workbench } from '../../app/workbench.ts'
import type { DashboardController } from '../../live/dashboard.ts'
import { createStateStore } from '../../state-store.ts'
import { eight } from '../../../test-support/renderer/runs-page/runs.ts'
import { showMinute } from './audit-tables.tsx'

function workbench(view: 'bar' | 'distribution'): { workbench: Workbench; calls: unknown[] } {
  const calls: unknown[] = []
  const dashboard = {
    showSpan: (span: unknown) => calls.push(['span', span]),
    open: (span: unknown) => calls.push(['open', span]),
  } as unknown as DashboardController
  const state = { page: 'runs', view, cursor: null }
  return { workbench: { dashboard, view: createStateStore(state) } as unknown as Workbench, calls }
}

test('a minute leads to its hour, with its bar chosen and the tickets behind it listed', () => {
  const { workbench: bench, calls } = workbench('bar')
  showMinute(bench, eight / 60_000 + 37, 'UTC')
  expect(calls).toEqual([
    ['span', { from: '2026-11-24T20:00:00Z', to: '2026-11-24T21:00:00Z' }],
    ['open', { fromMs: eight + 37 * 60_000, toMs: eight + 38 * 60_000 }],
  ])
  expect(bench.view.get()).toMatchObject({ page: 'dashboard', cursor: { slot: 37 } })
})

test('where a zone’s hours begin at another minute, the bar is counted from there', () => {
  const { workbench: bench } = workbench('bar')
  showMinute(bench, eight / 60_000 + 37, 'Asia/Kathmandu')
  expect(bench.view.get().cursor?.slot).toBe(22)
})

test('a view without minutes has no bar to choose', () => {
  const { workbench: bench } = workbench('distribution')
  showMinute(bench, eight / 60_000, 'UTC')
  expect(bench.view.get().cursor).toBeNull()
})
