import { History } from 'lucide-react'
import { useDashboard } from '../app/workbench.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { momentText } from '../live/text.ts'
import type { ChartModel } from './chart-model.ts'
import styles from './stale-mark.module.css'

interface StaleText {
  /** `As of 14:03`, in the time of the chart's own axis. */
  readonly mark: string
  /** The same, and why, for who does not see that the chart is muted. */
  readonly sentence: string
}

/** What is said of a chart that may be old, as the store cannot be read; null while it is live. */
export function useStaleText(): StaleText | null {
  const zone = useDashboard((state) => state.session?.zone)
  const knownMinute = useDashboard((state) => state.knownMinute)
  const nowMinute = useDashboard((state) => state.nowMinute)
  if (zone === undefined || knownMinute === null) return null
  const mark = `As of ${momentText(startOfMinute(knownMinute), zone, startOfMinute(nowMinute))}`
  return { mark, sentence: `${mark}, since the store cannot be used` }
}

/** Marks a chart that may be old, in the upper corner that is farther from the mark of now. */
export function StaleMark({ stale, model }: { stale: StaleText; model: ChartModel }): React.ReactNode {
  const nowMinute = useDashboard((state) => state.nowMinute)
  const middle = model.bins[Math.floor(model.bins.length / 2)]?.startMinute ?? 0
  return (
    <p className={styles['mark']} data-side={nowMinute < middle ? 'right' : 'left'} aria-hidden="true">
      <History size={13} aria-hidden="true" />
      {stale.mark}
    </p>
  )
}
