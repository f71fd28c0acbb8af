import { ArrowRight, ChartColumn, Table2 } from 'lucide-react'
import { Popover } from 'radix-ui'
import { sharedMs } from '../../src-shared/domain/known-spans.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { elapsedMs, summarise } from '../../src-shared/domain/series.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import {
  useDashboard,
  useMachineNow,
  useSiteNow,
  useView,
  useWorkbench,
  type ViewState,
} from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import popover from '../controls/popover.module.css'
import { ScrollRegion } from '../controls/data.tsx'
import { Segments } from '../controls/field.tsx'
import { hourSpan } from '../live/calendar.ts'
import { dayText, momentText, ticketsText, timeText } from '../live/text.ts'
import {
  binSpan,
  binTimeText,
  gapsText,
  stateText,
  useChartModel,
  type Bin,
  type ChartModel,
} from './chart-model.ts'
import styles from './chart-panel.module.css'
import { ChartStage } from './chart-stage.tsx'
import { ticketsLabel } from './figures.ts'
import { Legend, PrioritySwatch } from './legend.tsx'
import { ChartFailure, useStaleText } from './no-counts.tsx'

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
  const gaps = useDashboard((state) => state.gaps)
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
  const past = { fromMs: span.fromMs, toMs: span.fromMs + elapsedMs(span, knownMs) }
  const passedMs = elapsedMs(span, knownMs) - sharedMs(gaps, past)
  const { total, perMinute, peak, peakMinute } = summarise(counts, passedMs)
  return (
    <>
      <p className={styles['total']}>
        {gaps.length > 0 && 'at least '}
        <strong>{total.toLocaleString('en-GB')}</strong> {total === 1 ? 'ticket' : 'tickets'}
      </p>
      {passedMs > 0 && (
        <p className={styles['figure']}>
          <b>{perMinute.toFixed(2)}</b> a minute
        </p>
      )}
      {peakMinute !== null && (
        <p className={styles['figure']}>
          peak <b>{peak}</b> at {timeText(startOfMinute(peakMinute), session.zone)}
        </p>
      )}
      {gaps.length > 0 && <p className={styles['gap']}>{gapsText(gaps, past, session.zone)}</p>}
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
  const nowMs = useSiteNow()
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
      onClick={() => dashboard.showSpan(hourSpan(nearestMs, session.zone))}
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

/** The distribution as a table: how many minutes had a number of tickets, and how many chance expects. */
function DistributionTable({ model }: { model: ChartModel }): React.ReactNode {
  const stale = useStaleText()
  return (
    <ScrollRegion className={styles['scroll']} label="Table">
      <table className={styles['table']}>
        <caption>
          Minutes by how many tickets they had, of {model.finished.length} minutes that are over
          {stale && `. ${stale.sentence}.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Tickets in a minute</th>
            <th scope="col">Minutes</th>
            <th scope="col">Expected by chance</th>
          </tr>
        </thead>
        <tbody>
          {model.distribution.map((bar) => (
            <tr key={bar.tickets} data-empty={bar.observed === 0 || undefined}>
              <th scope="row">{ticketsLabel(bar, model.slots)}</th>
              <td className={styles['row-total']}>{bar.observed}</td>
              <td>{bar.expected.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** The bars as a table: each minute or bin, its tickets by priority, and what is not sure about it. */
function MinutesTable({ model }: { model: ChartModel }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const nowMs = useSiteNow()
  const stale = useStaleText()
  const first = startOfMinute(model.bins[0]?.startMinute ?? 0)
  return (
    <ScrollRegion className={styles['scroll']} label="Table">
      <table className={styles['table']}>
        <caption>
          {model.view === 'bar'
            ? 'Tickets by minute'
            : `Tickets in bins of ${model.bins[0]?.minutes} minutes`}
          , {dayText(first, model.zone, nowMs)}
          {stale && `. ${stale.sentence}.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {model.priorities.map((priority, rank) => (
              <th key={priority.id} scope="col">
                <PrioritySwatch rank={rank} /> {priority.name}
              </th>
            ))}
            <th scope="col">Tickets</th>
            <th scope="col">
              <span className="unseen">State</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {model.bins.map((bin) => (
            <tr key={bin.startMinute} data-empty={bin.total === 0 || undefined}>
              <th scope="row">
                <Button kind="quiet" onClick={() => dashboard.open(binSpan(bin))}>
                  {binTimeText(bin, model.zone)}
                </Button>
              </th>
              {bin.byPriority.map((count, rank) => (
                <td key={model.priorities[rank]?.id}>{knownText(bin, count)}</td>
              ))}
              <td className={styles['row-total']}>{knownText(bin, bin.total)}</td>
              <td className={styles['note']}>{stateText(bin.state)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** A count of a bar: `?`, or the least that it can be, where not all of it was fetched. */
function knownText({ state }: Bin, count: number): string {
  if (state !== 'unknown') return String(count)
  return count === 0 ? '?' : `≥ ${count}`
}
