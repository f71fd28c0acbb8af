import { ArrowRight, CloudOff, History } from 'lucide-react'
import type { SinceFailure } from '../../src-shared/contract/schema.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { isEverything, noneText } from '../../src-shared/domain/ticket-filter.ts'
import { messageOf, type WireError } from '../../src-shared/errors/app-error.ts'
import { failureTitle, StoreAction, useStoreText } from '../status/store-status.tsx'
import { useDashboard, useMay, useSiteNow, useStoreFails, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { hourSpan } from '../live/calendar.ts'
import { betweenText, momentText } from '../live/text.ts'
import { eitherText, type ChartModel } from './chart-model.ts'
import styles from './no-counts.module.css'

/** Stands in the chart's place when there are no counts to draw: why, and what to do about it. */
export function ChartFailure({ failure }: { failure: WireError }): React.ReactNode {
  const away = useDashboard((state) => state.storeStatus?.failure ?? null)
  return away === null ? <CountsFailure failure={failure} /> : <StoreAway failure={away} />
}

/** The store is out of reach, and so is the span that was asked for. */
function StoreAway({ failure }: { failure: SinceFailure }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const lasts = useStoreText()?.lasts
  return (
    <div className={styles['failure']}>
      <CloudOff size={32} strokeWidth={1.25} aria-hidden="true" />
      <div role="alert">
        <h2>{failureTitle(failure.code)}</h2>
        <p>
          {failure.message} {failure.hint}
        </p>
      </div>
      <p>This has lasted {lasts}. The chart comes by itself after it.</p>
      <div className={styles['buttons']}>
        <StoreAction kind="primary" />
        <Button onClick={() => dashboard.reload()}>Try again</Button>
      </div>
    </div>
  )
}

function CountsFailure({ failure }: { failure: WireError }): React.ReactNode {
  const { dashboard, orders } = useWorkbench()
  const mayCreate = useMay('admin')
  const creating = useDashboard((state) => state.pending.includes('create'))
  return (
    <div className={styles['failure']} role="alert">
      <h2>{messageOf(failure)}</h2>
      {failure.hint !== '' && <p>{failure.hint}</p>}
      {failure.code === 'tables-missing' && mayCreate ? (
        <Button kind="primary" disabled={creating} onClick={orders.createTables}>
          Create tables
        </Button>
      ) : (
        <Button onClick={() => dashboard.reload()}>Try again</Button>
      )}
    </div>
  )
}

/** What a span without tickets says: that there are none, and where the nearest ones are. */
export function EmptySpan(): React.ReactNode {
  const { dashboard, orders } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const shown = useDashboard((state) => state.shown)
  const isEmpty = useDashboard(
    (state) => state.counts?.counts.every((line) => line.every((n) => n === 0)) ?? false,
  )
  const loading = useDashboard((state) => state.countsLoading)
  const fetchingFirst = useDashboard((state) => (state.sync?.progress ?? null) !== null)
  const outside = useDashboard((state) => state.outside)
  const gaps = useDashboard((state) => state.gaps)
  const filter = useDashboard((state) => state.filter)
  const storeFails = useStoreFails()
  const mayLoad = useMay('admin')
  const nowMs = useSiteNow()
  if (!isEmpty || loading || session === null || shown === null || outside === null) return null

  if (!isEverything(filter)) {
    const when = betweenText(shown, session.zone, nowMs)
    return (
      <div className={styles['empty']}>
        <p>{noneText(filter, when, !fetchingFirst && gaps.length === 0)}</p>
        <Button kind="quiet" onClick={() => dashboard.showFields({ filter: {} })}>
          Show all tickets
        </Button>
      </div>
    )
  }
  const nearestMs = outside.lastBeforeMs ?? outside.firstAfterMs
  return (
    <div className={styles['empty']}>
      <p>
        No {(fetchingFirst || gaps.length > 0) && 'fetched '}
        {eitherText(session.watched.toReversed())} tickets {betweenText(shown, session.zone, nowMs)}.
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
        <Button kind="quiet" onClick={() => dashboard.showSpan(hourSpan(nearestMs, session.zone))}>
          {outside.lastBeforeMs === null ? 'The first one came at ' : 'The last one came at '}
          {momentText(nearestMs, session.zone, nowMs)}
          <ArrowRight size={14} aria-hidden="true" />
        </Button>
      )}
    </div>
  )
}

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
