import { useEffect, useMemo, useState } from 'react'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { hasPlan } from '../../src-shared/domain/layers/planned-bars.ts'
import { hasUsual } from '../../src-shared/domain/layers/usual-bars.ts'
import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import type { DashboardState } from '../live/dashboard-state.ts'
import { chartModel, type ChartModel } from './chart-model.ts'

/** The model of what is shown now; null until there are counts. */
export function useChartModel(): ChartModel | null {
  const counts = useDrawnCounts()
  const session = useDashboard((state) => state.session)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const knownMinute = useDashboard((state) => state.knownMinute)
  const gaps = useDashboard((state) => state.gaps)
  const planned = useShownPlan()
  const marks = useDashboard((state) => state.marks)
  const comparison = useDashboard((state) => state.comparison)
  const other = useDashboard((state) => state.compared)
  const interval = useDashboard((state) => state.interval)
  const splitColours = useDashboard((state) => state.splitColours)
  const view = useView((state) => state.view)
  const usual = useDashboard(({ usual: read, filter }) => (hasUsual(filter) ? read : null))
  const model = useMemo(
    () =>
      counts &&
      session &&
      chartModel(
        counts,
        session,
        { nowMinute, knownMinute, gaps, planned, marks, comparison, other, splitColours, usual },
        { view, interval },
      ),
    [
      counts,
      session,
      nowMinute,
      knownMinute,
      gaps,
      planned,
      marks,
      comparison,
      other,
      splitColours,
      usual,
      view,
      interval,
    ],
  )
  const { dashboard } = useWorkbench()
  const barMinutes = model?.barMinutes ?? null
  useEffect(() => dashboard.drawBars(barMinutes), [dashboard, barMinutes])
  return model
}

const NO_PLAN: DashboardState['planned'] = []

function useShownPlan(): DashboardState['planned'] {
  const planned = useDashboard((state) => state.planned)
  const filter = useDashboard((state) => state.filter)
  return hasPlan(filter) ? planned : NO_PLAN
}

/** The counts as far as they are drawn: most readings of them say nothing new, and a chart is not drawn for nothing. */
function useDrawnCounts(): CountsResult | null {
  const newest = useDashboard((state) => state.counts)
  const [drawn, setDrawn] = useState(newest)
  const isSame =
    newest?.counts === drawn?.counts &&
    newest?.split === drawn?.split &&
    newest?.fromMinute === drawn?.fromMinute &&
    newest?.toMinute === drawn?.toMinute &&
    newest?.provisionalFromMinute === drawn?.provisionalFromMinute
  if (isSame) return drawn
  setDrawn(newest)
  return newest
}
