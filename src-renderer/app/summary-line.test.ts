import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, expect, test, vi } from 'vitest'
import type { DashboardController } from '../live/dashboard.ts'
import { chartModel } from '../chart/chart-model.ts'
import { start, startDashboard } from '../../test-support/renderer/live/dashboard.ts'
import { SummaryLine } from './summary-line.tsx'
import { WorkbenchContext, type Workbench } from './workbench.ts'

afterEach(() => vi.useRealTimers())

test.each([
  ['a span under way is averaged over what has passed of it', start, 59.5],
  ['… also within a minute', start + 15_000, 59.75],
  ['a span that is over is averaged over all of it', start + 600_000, 60],
])('%s', async (_what, nowMs, minutes) => {
  const { dashboard, connection } = await startDashboard()
  dashboard.store.set((state) => {
    const { counts } = state
    if (counts === null) throw new Error('the dashboard has no counts')
    return { ...state, counts: { ...counts, counts: [[...(counts.counts[0] ?? []).fill(2, 0, 50)]] } }
  })
  vi.setSystemTime(nowMs)
  const line = summary(dashboard, connection)
  dashboard.stop()
  expect(line).toContain(`100 tickets in 60 min${(100 / minutes).toFixed(2)} a minutepeak 2 at 13:59`)
})

test('of several days, the fullest bar is told with its day', async () => {
  const { dashboard, connection } = await startDashboard()
  dashboard.showSpan({ from: 'now-24h', to: 'now' })
  await vi.advanceTimersByTimeAsync(0)
  dashboard.store.set((state) => {
    const { counts } = state
    if (counts === null) throw new Error('the dashboard has no counts')
    const line = (counts.counts[0] ?? []).map((_, i) => (i === 60 ? 7 : 0))
    return { ...state, counts: { ...counts, counts: [line] } }
  })
  const line = summary(dashboard, connection)
  dashboard.stop()
  expect(line).toContain('7 tickets in 24 h')
  expect(line).toContain('peak 7 at Mon 23 Nov, 16:00')
})

test('a day that is not over is as long as it was up to now', async () => {
  const { dashboard, connection } = await startDashboard()
  dashboard.showSpan({ from: 'now/d', to: 'now/d' })
  await vi.advanceTimersByTimeAsync(0)
  const line = summary(dashboard, connection)
  dashboard.stop()
  expect(line).toContain('0 tickets in 14 h 59 min')
})

function summary(dashboard: DashboardController, connection: Workbench['transport']['connection']): string {
  const { counts, session, interval, ...state } = dashboard.store.get()
  const model = counts && session && chartModel(counts, session, state, { view: 'bar', interval })
  const value = { dashboard, transport: { connection } } as Workbench
  const line = createElement(WorkbenchContext, { value }, createElement(SummaryLine, { model }))
  return renderToStaticMarkup(line).replaceAll(/<[^>]*>/g, '')
}
