import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { elapsedMs, summarise } from '../../src-shared/domain/series.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import { useMachineNow } from '../app/use-machine-now.ts'
import { useDashboard } from '../app/workbench.ts'
import { timeWords } from '../live/time-words.ts'
import { OutsideLink } from './outside-link.tsx'
import styles from './summary-line.module.css'

/** The hour in figures: how many tickets, how many a minute, the fullest minute, and how many lie outside. */
export function SummaryLine(): React.ReactNode {
  const counts = useDashboard((state) => state.counts)
  const session = useDashboard((state) => state.session)
  const knownMinute = useDashboard((state) => state.knownMinute)
  const nowMs = useMachineNow()
  if (counts === null || session === null) {
    return (
      <p className={styles['total']}>
        <strong>–</strong> tickets
      </p>
    )
  }

  // While another hour is on its way, the counts are the last one's.
  const span = { fromMs: startOfMinute(counts.fromMinute), toMs: startOfMinute(counts.toMinute) }
  const knownMs = knownMinute === null ? siteTime(session.clock, nowMs) : startOfMinute(knownMinute)
  const { total, perMinute, peak, peakMinute } = summarise(counts, elapsedMs(span, knownMs))
  return (
    <>
      <p className={styles['total']}>
        <strong>{total.toLocaleString('en-GB')}</strong> {total === 1 ? 'ticket' : 'tickets'}
      </p>
      <p className={styles['figure']}>
        <b>{perMinute.toFixed(2)}</b> a minute
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
