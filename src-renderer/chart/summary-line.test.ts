import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, expect, test, vi } from 'vitest'
import { WorkbenchContext, type Workbench } from '../app/workbench.ts'
import { start, startDashboard } from '../../test-support/renderer/live/dashboard.ts'
import { SummaryLine } from './chart-panel.tsx'

afterEach(() => vi.useRealTimers())

test.each([
  ['a span under way is averaged over what has passed of it', start, 59.5],
  ['… also within a minute', start + 15_000, 59.75],
  ['a span that is over is averaged over all of it', start + 600_000, 60],
])('%s', async (_what, nowMs, minutes) => {
  const { dashboard } = await startDashboard()
  dashboard.store.set((state) => {
    const { counts } = state
    if (counts === null) throw new Error('the dashboard has no counts')
    return { ...state, counts: { ...counts, counts: [[...(counts.counts[0] ?? []).fill(2, 0, 50)]] } }
  })
  vi.setSystemTime(nowMs)
  const value = { dashboard } as Workbench
  const line = renderToStaticMarkup(createElement(WorkbenchContext, { value }, createElement(SummaryLine)))
  dashboard.stop()
  expect(line.replaceAll(/<[^>]*>/g, '')).toContain(`100 tickets${(100 / minutes).toFixed(2)} a minute`)
})
