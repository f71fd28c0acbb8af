import { useView, useWorkbench } from '../app/workbench.ts'
import { Segments } from '../controls/segments.tsx'
import styles from './legend.module.css'

const widths = [
  { value: 1, label: '1', spoken: '1 minute' },
  { value: 2, label: '2', spoken: '2 minutes' },
  { value: 5, label: '5', spoken: '5 minutes' },
  { value: 10, label: '10', spoken: '10 minutes' },
] as const

/** How many minutes a bin of the histogram takes. */
export function BinWidth(): React.ReactNode {
  const { view } = useWorkbench()
  const binMinutes = useView((state) => state.binMinutes)
  return (
    <div className={styles['bins']}>
      <span aria-hidden="true">Bins of</span>
      <Segments
        label="Width of a bin"
        size="small"
        value={binMinutes}
        options={widths}
        onChange={(chosen) => view.set((state) => ({ ...state, cursor: null, binMinutes: chosen }))}
      />
      <span aria-hidden="true">min</span>
    </div>
  )
}
