import { ChartColumn, Table2 } from 'lucide-react'
import { useView, useWorkbench } from '../app/workbench.ts'
import { IconButton } from '../controls/icon-button.tsx'
import { Segments } from '../controls/segments.tsx'
import type { ViewState } from '../app/view-state.ts'
import styles from './view-controls.module.css'

const views = [
  { value: 'bar', label: 'Bar' },
  { value: 'histogram', label: 'Histogram' },
  { value: 'distribution', label: 'Distribution' },
] as const

/** How the hour is shown: the view, and the table instead of a chart. */
export function ViewControls(): React.ReactNode {
  const { view: store } = useWorkbench()
  const { view, asTable } = useView((state) => state)
  const put = (part: Partial<ViewState>): void => store.set((state) => ({ ...state, cursor: null, ...part }))
  return (
    <div className={styles['controls']}>
      <Segments label="View" value={view} options={views} onChange={(chosen) => put({ view: chosen })} />
      <IconButton
        icon={asTable ? ChartColumn : Table2}
        label={asTable ? 'Show the chart' : 'Show a table'}
        shortcut="T"
        onClick={() => put({ asTable: !asTable })}
      />
    </div>
  )
}
