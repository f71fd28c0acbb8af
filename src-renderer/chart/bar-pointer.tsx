import { useView, useWorkbench } from '../app/workbench.ts'
import { binSpan } from './bin-words.ts'
import type { ChartModel } from './chart-model.ts'
import { slotAt, type Size } from './geometry.ts'
import styles from './chart-stage.module.css'

/** Lies over the bars and takes what is meant for them: pointing looks at a bar, a click or Enter lists its tickets. */
export function BarPointer({ model, size }: { model: ChartModel; size: Size }): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const cursor = useView((state) => state.cursor)

  function point(event: React.PointerEvent): void {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left
    const slot = slotAt(x, size.width, model.slots)
    view.set((state) =>
      state.cursor?.slot === slot
        ? state
        : { ...state, cursor: slot === null ? null : { slot, byKey: false } },
    )
  }

  function open(): void {
    const bin = cursor && model.view !== 'distribution' ? model.bins[cursor.slot] : undefined
    if (bin) dashboard.open(binSpan(bin))
  }

  return (
    <button
      type="button"
      className={styles['bars']}
      aria-label="Bars: arrow keys choose one, Enter lists its tickets"
      onPointerMove={point}
      onPointerLeave={() => view.set((state) => ({ ...state, cursor: null }))}
      onClick={open}
    />
  )
}
