import { Popover, Tooltip } from 'radix-ui'
import { Suspense, useMemo } from 'react'
import { useSiteNow } from '../app/workbench.ts'
import type { DrawnChart } from '../chart/chart-marks.tsx'
import { spanOfModel } from '../chart/chart-model.ts'
import { MARGIN } from '../chart/geometry.ts'
import tips from '../controls/button.module.css'
import { lazyPart } from '../controls/lazy-part.tsx'
import popover from '../controls/popover.module.css'
import type { Flag } from '../../src-shared/domain/layers/flags.ts'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { flagsOf, flagText, timeLeft } from './flags.ts'
import styles from './marks.module.css'
import { MarkIcon } from './mark-icon.tsx'

/** A file of its own, fetched when a flag is opened first. */
const MarkList = lazyPart(async () => (await import('./mark-list.tsx')).MarkList)

/** On top of the chart: a flag for each mark, or for several on a few pixels, and how long those last that are no moment. */
export function FlagLayer({ chart: { model, size } }: { chart: DrawnChart }): React.ReactNode {
  const { marks, view, bins } = model
  const span = useMemo(() => spanOfModel({ bins }), [bins])
  const flags = useMemo(() => flagsOf(marks, span, size.width), [marks, span, size.width])
  if (view === 'distribution' || flags.length === 0) return null
  const height = size.height - MARGIN.t - MARGIN.b
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- no fieldset: nothing is filled in
    <div className={styles['flags']} role="group" aria-label="Marks">
      {marks.map(({ id, kind, fromMs, toMs }) => {
        if (toMs === null || kind === 'run') return null
        const left = timeLeft(fromMs, span, size.width)
        const width = Math.max(2, timeLeft(toMs, span, size.width) - left)
        return (
          <i key={id} className={styles['extent']} data-kind={kind} style={{ left, width, top: MARGIN.t }} />
        )
      })}
      {flags.map((flag) => (
        <FlagButton key={flag.marks[0]?.id} flag={flag} zone={model.zone} height={height} />
      ))}
    </div>
  )
}

interface FlagProps {
  readonly flag: Flag<TimeMark>
  readonly zone: string
  /** Of the plot. */
  readonly height: number
}

function FlagButton({ flag, zone, height }: FlagProps): React.ReactNode {
  const nowMs = useSiteNow()
  const { x, marks } = flag
  const kind = (marks.find((mark) => mark.kind === 'incident') ?? marks[0])?.kind ?? 'mark'
  const text = flagText(flag, zone, nowMs)
  return (
    <Popover.Root>
      <i className={styles['pole']} style={{ left: x, top: MARGIN.t, height }} />
      <Tooltip.Root>
        <Tooltip.Trigger asChild>
          <Popover.Trigger asChild>
            <button
              type="button"
              className={styles['flag']}
              data-kind={kind}
              style={{ left: x }}
              aria-label={text}
            >
              {marks.length === 1 ? (
                <MarkIcon kind={kind} />
              ) : (
                <b>{marks.length > 99 ? '99+' : marks.length}</b>
              )}
            </button>
          </Popover.Trigger>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content className={tips['tip']} sideOffset={4} collisionPadding={8}>
            <span className={styles['tip']}>{text}</span>
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
      <Popover.Portal>
        <Popover.Content
          className={popover['popover']}
          sideOffset={4}
          collisionPadding={8}
          aria-label={marks.length === 1 ? 'Mark' : 'Marks'}
        >
          <Suspense fallback={<p>Loading…</p>}>
            <MarkList marks={marks} zone={zone} nowMs={nowMs} />
          </Suspense>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
