import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { summarise } from '../../src-shared/domain/series.ts'
import { useDashboard } from '../app/workbench.ts'
import { timeWords } from '../live/time-words.ts'
import { OutsideLink } from './outside-link.tsx'
import styles from './summary-line.module.css'

/** The hour in figures: how many tickets, how many a minute, the fullest minute, and how many lie outside. */
export function SummaryLine(): React.ReactNode {
  const counts = useDashboard((state) => state.counts)
  const session = useDashboard((state) => state.session)
  const nowMinute = useDashboard((state) => state.knownMinute ?? state.nowMinute)
  if (counts === null || session === null) {
    return (
      <p className={styles['total']}>
        <strong>–</strong> tickets
      </p>
    )
  }

  const { total, peak, peakMinute } = summarise(counts)
  // Minutes that have not begun would only thin the mean.
  const begun = Math.min(counts.toMinute, nowMinute + 1) - counts.fromMinute
  const mean = begun > 0 ? total / begun : 0
  return (
    <>
      <p className={styles['total']}>
        <strong>{total.toLocaleString('en-GB')}</strong> {total === 1 ? 'ticket' : 'tickets'}
      </p>
      <p className={styles['figure']}>
        <b>{mean.toFixed(2)}</b> a minute
      </p>
      {peakMinute !== null && (
        <p className={styles['figure']}>
          peak <b>{peak}</b> at {timeWords(startOfMinute(peakMinute), session.zone)}
        </p>
      )}
      <OutsideLink />
    </>
  )
}
