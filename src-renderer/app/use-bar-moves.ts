import { binSpan } from '../chart/bin-words.ts'
import type { ChartModel } from '../chart/chart-model.ts'
import type { Move } from './key-bindings.ts'
import { useWorkbench } from './workbench.ts'

/** What moving means on the dashboard: along the bars, into one, and out of it again. */
export function useBarMoves(model: ChartModel | null): (move: Move) => void {
  const { dashboard, view } = useWorkbench()

  function step(by: -1 | 1): void {
    if (model === null || model.slots === 0) return
    const last = model.slots - 1
    view.set((state) => {
      const from = state.cursor?.slot ?? (by === 1 ? -1 : model.slots)
      return { ...state, cursor: { slot: Math.min(last, Math.max(0, from + by)), byKey: true } }
    })
  }

  function open(): void {
    const slot = view.get().cursor?.slot
    const bin = slot === undefined || model?.view === 'distribution' ? undefined : model?.bins[slot]
    if (bin) dashboard.open(binSpan(bin))
  }

  function back(): void {
    if (dashboard.store.get().opened) dashboard.open(null)
    else view.set((state) => ({ ...state, cursor: null }))
  }

  return (move) => {
    if (move === 'bar-previous') step(-1)
    else if (move === 'bar-next') step(1)
    else if (move === 'bar-open') open()
    else back()
  }
}
