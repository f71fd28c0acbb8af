import { Suspense, useEffect, useState } from 'react'
import { useView, useWorkbench, type Workbench } from '../app/workbench.ts'
import { barsAt, barsOfSpan, timeOfBars } from '../chart/brush/cursor.ts'
import { binSpan, spanOfModel, type ChartModel } from '../chart/chart-model.ts'
import { lazyPart } from '../controls/lazy-part.tsx'
import { timeLeft } from './flags.ts'
import styles from './marks.module.css'

/** A file of its own, as that of the flags. */
const MarkForm = lazyPart(async () => (await import('./mark-form.tsx')).MarkForm)

interface NewMarkProps {
  readonly model: ChartModel
  /** Of the chart's box, in pixels; null where there is a table. */
  readonly width: number | null
}

/** The form of a new mark, at the bars that it is of, while somebody sets one. */
export function NewMark(props: NewMarkProps): React.ReactNode {
  return useView((state) => state.marking) ? <PlacedForm {...props} /> : null
}

/** As wide as the form is at most. */
const FORM_PX = 280

function PlacedForm({ model, width }: NewMarkProps): React.ReactNode {
  const workbench = useWorkbench()
  const { view } = workbench
  const [time] = useState(() => chosenTime(workbench, model))
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    },
    [before],
  )
  const span = spanOfModel(model)
  const left =
    width === null
      ? undefined
      : Math.max(0, Math.min(width - FORM_PX, timeLeft(time.fromMs ?? span.toMs, span, width) - FORM_PX / 2))
  return (
    <div className={styles['place']} data-in={width === null ? 'table' : 'chart'} style={{ left }}>
      <Suspense fallback={<p>Loading…</p>}>
        <MarkForm mark={time} onClose={() => view.put({ marking: false })} />
      </Suspense>
    </div>
  )
}

/** Of the bars that are looked at or listed; of one bar its beginning; now where none is. */
function chosenTime(
  { dashboard, view }: Pick<Workbench, 'dashboard' | 'view'>,
  model: ChartModel,
): { readonly fromMs: number | null; readonly toMs: number | null } {
  const { cursor } = view.get()
  const { opened } = dashboard.store.get()
  const bars = (cursor && barsAt(model, cursor)) ?? (opened && barsOfSpan(model, opened))
  const span = bars && timeOfBars(model, bars)
  const bin = bars && model.bins[bars.first]
  if (!span || !bin) return { fromMs: null, toMs: null }
  return bars.first === bars.last ? { fromMs: binSpan(bin).fromMs, toMs: null } : span
}
