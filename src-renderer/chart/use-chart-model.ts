import { useMemo } from 'react'
import { useDashboard, useView } from '../app/workbench.ts'
import { chartModel, type ChartModel } from './chart-model.ts'

/** The model of what is shown now; null until there are counts. */
export function useChartModel(): ChartModel | null {
  const counts = useDashboard((state) => state.counts)
  const session = useDashboard((state) => state.session)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const knownMinute = useDashboard((state) => state.knownMinute)
  const view = useView((state) => state.view)
  const binMinutes = useView((state) => state.binMinutes)
  return useMemo(
    () => counts && session && chartModel(counts, session, { nowMinute, knownMinute }, { view, binMinutes }),
    [counts, session, nowMinute, knownMinute, view, binMinutes],
  )
}
