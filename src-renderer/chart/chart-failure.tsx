import type { WireError } from '../../src-shared/errors/app-error.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import styles from './chart-failure.module.css'

/** Stands in the chart's place when there are no counts to draw: why, and what to do about it. */
export function ChartFailure({ failure }: { failure: WireError }): React.ReactNode {
  const { dashboard, orders } = useWorkbench()
  const creating = useDashboard((state) => state.pending.includes('create'))
  return (
    <div className={styles['failure']} role="alert">
      <h2>{failure.message}</h2>
      {failure.hint !== '' && <p>{failure.hint}</p>}
      {failure.code === 'tables-missing' ? (
        <Button kind="primary" disabled={creating} onClick={orders.createTables}>
          Create tables
        </Button>
      ) : (
        <Button onClick={() => dashboard.reload()}>Try again</Button>
      )}
    </div>
  )
}
