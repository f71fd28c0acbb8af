import { useDashboard, useView } from '../app/workbench.ts'
import { ChartFailure } from './chart-failure.tsx'
import { ChartStage } from './chart-stage.tsx'
import { DistributionTable } from './distribution-table.tsx'
import { Legend } from './legend.tsx'
import { MinutesTable } from './minutes-table.tsx'
import { SummaryLine } from './summary-line.tsx'
import { useChartModel } from './use-chart-model.ts'
import { ViewControls } from './view-controls.tsx'
import styles from './chart-panel.module.css'

/** The hour: its figures, its chart or table, and what the marks mean. */
export function ChartPanel(): React.ReactNode {
  const failure = useDashboard((state) => state.countsFailure)
  const loading = useDashboard((state) => state.countsLoading)
  const asTable = useView((state) => state.asTable)
  const model = useChartModel()
  const Table = model?.view === 'distribution' ? DistributionTable : MinutesTable
  return (
    <section className={styles['panel']} aria-label="Tickets by minute" aria-busy={loading}>
      <div className={styles['head']}>
        <SummaryLine />
        <ViewControls />
      </div>
      {failure ? (
        <ChartFailure failure={failure} />
      ) : asTable && model ? (
        <Table model={model} />
      ) : (
        <ChartStage model={model} />
      )}
      <Legend model={model} />
    </section>
  )
}
