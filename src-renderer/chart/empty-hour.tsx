import { ArrowRight } from 'lucide-react'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { useDashboard, useMay, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { hourAt } from '../live/hour.ts'
import { momentWords, spanWords } from '../live/time-words.ts'
import { eitherWords } from './bin-words.ts'
import styles from './empty-hour.module.css'

/** What an hour without tickets says: that there are none, and where the nearest ones are. */
export function EmptyHour(): React.ReactNode {
  const { dashboard, orders } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const hour = useDashboard((state) => state.hour)
  const isEmpty = useDashboard(
    (state) => state.counts?.counts.every((line) => line.every((n) => n === 0)) ?? false,
  )
  const loading = useDashboard((state) => state.countsLoading)
  const fetchingFirst = useDashboard((state) => (state.sync?.progress ?? null) !== null)
  const outside = useDashboard((state) => state.outside)
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const mayLoad = useMay('admin')
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  if (!isEmpty || loading || session === null || hour === null || outside === null) return null

  const nearestMs = outside.lastBeforeMs ?? outside.firstAfterMs
  return (
    <div className={styles['empty']}>
      <p>
        No {fetchingFirst && 'fetched '}
        {eitherWords(session.watched.toReversed())} tickets between{' '}
        {spanWords(hour, session.zone).replace('–', ' and ')}.
      </p>
      {nearestMs === null ? (
        <p>
          None are stored at all yet.{' '}
          {!storeFails && mayLoad && session.site.kind === 'sandbox' && (
            <Button kind="quiet" onClick={orders.loadSample}>
              Load the sample hour
            </Button>
          )}
        </p>
      ) : (
        <Button kind="quiet" onClick={() => dashboard.showHour(hourAt(nearestMs, session.zone))}>
          {outside.lastBeforeMs === null ? 'The first one came at ' : 'The last one came at '}
          {momentWords(nearestMs, session.zone, nowMs)}
          <ArrowRight size={14} aria-hidden="true" />
        </Button>
      )}
    </div>
  )
}
