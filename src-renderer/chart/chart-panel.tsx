import { ArrowRight, ChartColumn, Table2 } from 'lucide-react'
import { Popover } from 'radix-ui'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { elapsedMs, summarise } from '../../src-shared/domain/series.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import type { ViewState } from '../app/view-state.ts'
import { useDashboard, useMachineNow, useView, useWorkbench } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import popover from '../controls/popover.module.css'
import { Segments } from '../controls/segments.tsx'
import { hourAt } from '../live/hour.ts'
import { momentText, ticketsText, timeText } from '../live/text.ts'
import { useChartModel } from './chart-model.ts'
import styles from './chart-panel.module.css'
import { ChartStage } from './chart-stage.tsx'
import { Legend } from './legend.tsx'
import { ChartFailure } from './no-counts.tsx'
import { DistributionTable, MinutesTable } from './tables.tsx'

const views = [
  { value: 'bar', label: 'Bar' },
  { value: 'histogram', label: 'Histogram' },
  { value: 'distribution', label: 'Distribution' },
] as const

/** The hour: its figures, its chart or table, and what the marks mean. */
export function ChartPanel(): React.ReactNode {
  const failure = useDashboard((state) => state.countsFailure)
  const loading = useDashboard((state) => state.countsLoading)
  const asTable = useView((state) => state.asTable)
  const model = useChartModel()
  const Table = model?.view === 'distribution' ? DistributionTable : MinutesTable
  return (
    <section className={styles['panel']} aria-label="Tickets by minute" aria-busy={loading}>
      <div className={styles['head']}>
        <SummaryLine />
        <ViewControls />
      </div>
      {failure ? (
        <ChartFailure failure={failure} />
      ) : asTable && model ? (
        <Table model={model} />
      ) : (
        <ChartStage model={model} />
      )}
      <Legend model={model} />
    </section>
  )
}

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
          peak <b>{peak}</b> at {timeText(startOfMinute(peakMinute), session.zone)}
        </p>
      )}
      <OutsideLink />
    </>
  )
}

/** The tickets outside the hour, and the way to the nearest of them; asks which way where there are two. */
function OutsideLink(): React.ReactNode {
  const outside = useDashboard((state) => state.outside)
  if (outside === null || outside.before + outside.after === 0) return null
  const label = `${(outside.before + outside.after).toLocaleString('en-GB')} outside this hour`
  if (outside.before > 0 && outside.after > 0) {
    return (
      <Popover.Root>
        <Popover.Trigger asChild>
          <Button kind="quiet">
            {label}
            <ArrowRight size={14} aria-hidden="true" />
          </Button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content className={popover['popover']} align="start" sideOffset={4} aria-label={label}>
            <NearestHour side="before" />
            <NearestHour side="after" />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    )
  }
  return <NearestHour side={outside.before > 0 ? 'before' : 'after'} label={label} />
}

/** A button to the hour of the last ticket before, or the first one after, the hour shown. */
function NearestHour({ side, label }: { side: 'before' | 'after'; label?: string }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const outside = useDashboard((state) => state.outside)
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  const nearestMs = side === 'before' ? outside?.lastBeforeMs : outside?.firstAfterMs
  if (session === null || !outside || nearestMs === null || nearestMs === undefined) return null

  const when = momentText(nearestMs, session.zone, nowMs)
  const text =
    side === 'before'
      ? `${ticketsText(outside.before)} earlier, the last at ${when}`
      : `${ticketsText(outside.after)} later, the first at ${when}`
  return (
    <Button
      kind="quiet"
      title={label === undefined ? undefined : text}
      onClick={() => dashboard.showHour(hourAt(nearestMs, session.zone))}
    >
      {label ?? text}
      <ArrowRight size={14} aria-hidden="true" />
    </Button>
  )
}

/** How the hour is shown: the view, and the table instead of a chart. */
function ViewControls(): React.ReactNode {
  const { view: store } = useWorkbench()
  const { view, asTable } = useView((state) => state)
  const put = (part: Partial<ViewState>): void => store.put({ cursor: null, ...part })
  return (
    <div className={styles['controls']}>
      <Segments label="View" value={view} options={views} onChange={(chosen) => put({ view: chosen })} />
      <IconButton
        icon={asTable ? ChartColumn : Table2}
        label={asTable ? 'Show the chart' : 'Show a table'}
        shortcut="T"
        onClick={() => put({ asTable: !asTable })}
      />
    </div>
  )
}
