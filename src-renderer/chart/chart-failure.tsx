import { CloudOff } from 'lucide-react'
import type { SinceFailure } from '../../src-shared/contract/models.ts'
import type { WireError } from '../../src-shared/errors/app-error.ts'
import { failureTitle } from '../app/store-words.ts'
import { StoreAction } from '../app/store-action.tsx'
import { useStoreWords } from '../app/use-store-words.ts'
import { useDashboard, useMay, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import styles from './chart-failure.module.css'

/** Stands in the chart's place when there are no counts to draw: why, and what to do about it. */
export function ChartFailure({ failure }: { failure: WireError }): React.ReactNode {
  const away = useDashboard((state) => state.storeStatus?.failure ?? null)
  return away === null ? <CountsFailure failure={failure} /> : <StoreAway failure={away} />
}

/** The store is out of reach, and so is the hour that was asked for. */
function StoreAway({ failure }: { failure: SinceFailure }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const lasts = useStoreWords()?.lasts
  return (
    <div className={styles['failure']}>
      <CloudOff size={32} strokeWidth={1.25} aria-hidden="true" />
      <div role="alert">
        <h2>{failureTitle(failure.code)}</h2>
        <p>
          {failure.message} {failure.hint}
        </p>
      </div>
      <p>This has lasted {lasts}. The chart comes by itself after it.</p>
      <div className={styles['buttons']}>
        <StoreAction kind="primary" />
        <Button onClick={() => dashboard.reload()}>Try again</Button>
      </div>
    </div>
  )
}

function CountsFailure({ failure }: { failure: WireError }): React.ReactNode {
  const { dashboard, orders } = useWorkbench()
  const mayCreate = useMay('admin')
  const creating = useDashboard((state) => state.pending.includes('create'))
  return (
    <div className={styles['failure']} role="alert">
      <h2>{failure.message}</h2>
      {failure.hint !== '' && <p>{failure.hint}</p>}
      {failure.code === 'tables-missing' && mayCreate ? (
        <Button kind="primary" disabled={creating} onClick={orders.createTables}>
          Create tables
        </Button>
      ) : (
        <Button onClick={() => dashboard.reload()}>Try again</Button>
      )}
    </div>
  )
}
