import { Popover } from 'radix-ui'
import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import popover from '../controls/popover.module.css'
import { countText } from '../live/text.ts'
import { binSpan, binTimeText, type ChartModel } from './chart-model.ts'
import { slotText } from './chart-text.ts'
import type { DrawnChart } from './chart-marks.tsx'
import { binsWith } from './brush/cursor.ts'
import { edgeX, MARGIN } from './geometry.ts'
import styles from './minutes-of-count.module.css'

/** More minutes than that nobody looks through. */
const MOST = 120

/** Which minutes a bar of the distribution counts, each with the way to its tickets. */
export function MinutesOfCount({ chart: { model, edges, size } }: { chart: DrawnChart }): React.ReactNode {
  const { view } = useWorkbench()
  const slot = useView((state) => state.listedCount)
  if (slot === null || model.view !== 'distribution' || slot >= model.slots) return null
  const place = {
    left: edgeX(slot, size.width, edges),
    width: edgeX(slot + 1, size.width, edges) - edgeX(slot, size.width, edges),
    top: size.height - MARGIN.b,
  }
  return (
    <Popover.Root open onOpenChange={() => view.put({ listedCount: null })}>
      <Popover.Anchor className={styles['anchor']} style={place} />
      <Popover.Portal>
        <Popover.Content
          className={`${popover['popover']} ${styles['minutes']}`}
          side="top"
          sideOffset={8}
          collisionPadding={8}
          aria-label="Minutes of this count"
        >
          <Minutes model={model} slot={slot} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Minutes({ model, slot }: { model: ChartModel; slot: number }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const opened = useDashboard((state) => state.opened)
  const minutes = binsWith(model, slot).toReversed()
  return (
    <>
      <p className={styles['title']}>{slotText(model, slot)}</p>
      <ul className={styles['list']}>
        {minutes.slice(0, MOST).map((bin) => (
          <li key={bin.startMinute}>
            <Button
              kind="quiet"
              aria-pressed={opened?.fromMs === binSpan(bin).fromMs}
              onClick={() => dashboard.open(binSpan(bin))}
            >
              {binTimeText(bin, model)}
            </Button>
          </li>
        ))}
      </ul>
      {minutes.length > MOST && (
        <p className={styles['title']}>and {countText(minutes.length - MOST, 'earlier one')}</p>
      )}
    </>
  )
}
