import { ArrowRight } from 'lucide-react'
import { sharedMs } from '../../src-shared/domain/known-spans.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { elapsedMs, summarise } from '../../src-shared/domain/series.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import { binTimeText, fullestBin, type ChartModel } from '../chart/chart-model.ts'
import { thenText } from '../../src-shared/domain/compare/compared-bars.ts'
import { asOfText, isBehind } from '../../src-shared/domain/text/as-of.ts'
import { Button } from '../controls/button.tsx'
import { comparisonText, lengthText, notFetchedText } from '../live/text.ts'
import { VerdictLine } from '../usual/verdict-line.tsx'
import styles from './summary-line.module.css'
import { useDashboard, useMachineNow, useSiteNow, useWorkbench } from './workbench.ts'

/** The span in figures: how many tickets, how many a minute, the fullest bar, and what it is compared with. */
export function SummaryLine({ model }: { model: ChartModel | null }): React.ReactNode {
  const counts = useDashboard((state) => state.counts)
  const session = useDashboard((state) => state.session)
  const knownMinute = useDashboard((state) => state.knownMinute)
  const gaps = useDashboard((state) => state.gaps)
  const interval = useDashboard((state) => state.interval)
  const nowMs = useMachineNow()
  if (counts === null || session === null || model === null) {
    return (
      <p className={styles['total']}>
        <strong>–</strong> tickets
      </p>
    )
  }

  // While another span is on its way, the counts are the last one's.
  const span = { fromMs: startOfMinute(counts.fromMinute), toMs: startOfMinute(counts.toMinute) }
  const knownMs = knownMinute === null ? siteTime(session.clock, nowMs) : startOfMinute(knownMinute)
  const past = { fromMs: span.fromMs, toMs: span.fromMs + elapsedMs(span, knownMs) }
  const passedMs = elapsedMs(span, knownMs) - sharedMs(gaps, past)
  // Today is as long as it was up to now; the last bar under way is a bar.
  const isOpen = span.toMs - past.toMs > startOfMinute(interval)
  const { total, perMinute } = summarise(counts, passedMs)
  return (
    <>
      <p className={styles['total']}>
        {gaps.length > 0 && 'at least '}
        <strong>{total.toLocaleString('en-GB')}</strong>
        <span className="unseen">{total === 1 ? ' ticket' : ' tickets'}</span> in{' '}
        {lengthText((isOpen ? past : span).toMs - span.fromMs)}
      </p>
      {passedMs > 0 && (
        <p className={styles['figure']}>
          <b>{perMinute.toFixed(2)}</b> a minute
        </p>
      )}
      <VerdictLine />
      <Peak model={model} />
      <Then now={total} model={model} />
      {gaps.length > 0 && <p className={styles['gap']}>{notFetchedText(gaps, past, session.zone)}</p>}
      {counts.asOf && (isBehind(counts) || counts.asOf.notice !== null) && (
        <p className={styles['as-of']}>{asOfText(counts.asOf, session.zone)}</p>
      )}
      <NewSince />
    </>
  )
}

/** The first of the fullest bars, with its day where the span has several. */
function Peak({ model }: { model: ChartModel }): React.ReactNode {
  const peak = fullestBin(model.bins)
  if (peak === null) return null
  return (
    <p className={styles['figure']}>
      peak <b>{peak.total.toLocaleString('en-GB')}</b> {peak.minutes > 1 ? '' : 'at '}
      {binTimeText(peak, model)}
    </p>
  )
}

/** How many tickets there were in the span that this one is compared with, and the way to another. */
function Then({ now, model }: { now: number; model: ChartModel }): React.ReactNode {
  const { view } = useWorkbench()
  const comparison = useDashboard((state) => state.comparison)
  const nowMs = useSiteNow()
  if (comparison === null || model.compared === null) return null
  return (
    <Button kind="quiet" onClick={() => view.put({ tool: 'compare' })}>
      {thenText(now, model.compared, comparisonText(comparison, model.zone, nowMs))}
    </Button>
  )
}

/** What came since a person began to look back, and the way to it. */
function NewSince(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const count = useDashboard((state) => state.newSince)
  if (!count) return null
  return (
    <Button kind="quiet" onClick={() => dashboard.followNow()}>
      {count.toLocaleString('en-GB')} new since
      <ArrowRight size={14} aria-hidden="true" />
    </Button>
  )
}
