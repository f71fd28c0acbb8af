import type { Session } from '../../src-shared/contract/tickets.ts'
import { minutesText } from '../live/text.ts'
import styles from './run-minutes.module.css'
import { Axis, barsPath, binned, Key, minutesPerBar, outlinePath, Scale } from './run-minutes.tsx'
import { chartedText, useRunOutline, watchedText } from './run-outline.ts'
import { planText, sharesText, type RunPreview } from './run-request.ts'

const NO_BARS = [0]

interface PlanChartProps {
  /** Of the sentence. */
  readonly id: string
  readonly planned: RunPreview | null
  readonly session: Session
}

/**
 * The plan of the run that the form asks for, by minute, and in a sentence: all of it, and what of it the chart will show.
 * Empty axes where the form cannot be read.
 */
export function PlanChart({ id, planned, session }: PlanChartProps): React.ReactNode {
  const outline = useRunOutline(planned)
  const width = minutesPerBar(planned?.perMinute.length ?? 1)
  const bars = planned ? binned(planned.perMinute, width) : NO_BARS
  const charted = outline.known ? binned(outline.known.chartedPerMinute, width) : NO_BARS
  const top = Math.max(1, ...bars)
  const parts = planned
    ? [
        planText(planned),
        outline.refused ?? chartedText(planned, outline.known, session),
        sharesText(planned),
      ]
    : ['The plan is shown when every field can be taken.']
  return (
    <figure className={styles['chart']}>
      <Scale top={top} width={width} />
      <svg
        className={styles['bars']}
        viewBox={`0 0 ${bars.length} ${top}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className={styles['planned']} d={outlinePath(bars, top)} />
        <path className={styles['made']} d={barsPath(charted, top)} />
      </svg>
      <Axis from="Start" to={planned && minutesText(planned.minutes)} />
      <div className={styles['axis']} aria-hidden="true">
        <span className={styles['legend']}>
          <Key of="planned" label="all" />
          <Key of="made" label={watchedText(session)} />
        </span>
      </div>
      <figcaption id={id} className={styles['plan-text']}>
        {parts.filter((part) => part !== null).join(' ')}
      </figcaption>
    </figure>
  )
}
