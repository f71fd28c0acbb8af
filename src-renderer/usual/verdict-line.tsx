import { conditionsOf } from '../../src-shared/domain/ticket-filter.ts'
import { besideChart, chanceText, verdictText } from '../../src-shared/domain/usual/verdict-text.ts'
import { useConnection, useDashboard, useStoreFails } from '../app/workbench.ts'
import { timeText } from '../live/text.ts'
import styles from './usual.module.css'

/** Minutes after which what was said of now is old. */
const STALE_MINUTES = 2

/** Whether now is usual, in words: where the span has now in it. */
export function VerdictLine(): React.ReactNode {
  const now = useDashboard((state) => state.usualNow)
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  const following = useDashboard((state) => state.following)
  const isFiltered = useDashboard((state) => conditionsOf(state.filter).length > 0)
  const counts = useDashboard((state) => state.counts)
  const isAway = useStoreFails()
  const connection = useConnection()
  const isOld = useDashboard(
    ({ usualNow, nowMinute }) =>
      usualNow !== null && nowMinute + 1 - usualNow.verdict.endMinute > STALE_MINUTES,
  )
  if (now === null || !following || isFiltered) return null
  const isUnknown = isAway || isOld || connection !== 'connected'
  const verdict = isUnknown ? { ...now.verdict, state: 'unknown' as const } : now.verdict
  const mark = verdict.state === 'high' || verdict.state === 'unusual' ? '▲ ' : ''
  return (
    <p className={styles['verdict']} data-state={verdict.state} title={chanceText(verdict)}>
      {mark}
      {verdictText({ ...now, ...besideChart(verdict, counts) }, (ms) => timeText(ms, zone))}
    </p>
  )
}
