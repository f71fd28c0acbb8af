import { useState } from 'react'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { useDashboard } from '../../app/workbench.ts'
import { hourWords } from '../../live/time-words.ts'
import { useRunsPlace } from '../use-runs-place.ts'
import styles from './history-row.module.css'

/** The span that was audited last, above the runs: the way back to it. */
export function SpanRow(): React.ReactNode {
  const { span, showSpan } = useRunsPlace()
  const [last, setLast] = useState(span)
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  if (span !== null && span !== last) setLast(span)
  if (last === null) return null
  return (
    <button
      type="button"
      className={styles['row']}
      aria-current={span !== null || undefined}
      onClick={() => showSpan(last)}
    >
      <span className={styles['head']}>
        <b>{hourWords(last, zone, nowMs)}</b>
      </span>
      <span className={styles['what']}>Everything that is watched, whoever made it</span>
    </button>
  )
}
