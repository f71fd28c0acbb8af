import { ChartColumn, Table2 } from 'lucide-react'
import { intervalRefusal, INTERVALS, MAX_BARS, type Interval } from '../../src-shared/domain/interval.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { useDashboard, useSiteNow, useView, useWorkbench, type ViewState } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { ScrollRegion } from '../controls/data.tsx'
import { Segments } from '../controls/field.tsx'
import { timesText } from '../live/text.ts'
import {
  binSpan,
  binTimeText,
  marksOfBars,
  spanOfModel,
  stateText,
  type Bin,
  type ChartModel,
} from './chart-model.ts'
import { markText } from '../../src-shared/domain/time-marks.ts'
import { NewMark } from '../marks/new-mark.tsx'
import { perText } from './chart-text.ts'
import styles from './chart-panel.module.css'
import { comparedText } from '../../src-shared/domain/compare/compared-bars.ts'
import { ChartStage } from './chart-stage.tsx'
import { ticketsLabel } from './figures.ts'
import { SummaryLine } from '../app/summary-line.tsx'
import { FilterLine } from '../filter/filter-line.tsx'
import { Legend, StackSwatch } from './legend.tsx'
import { stackedIn, stackOf } from './stack.ts'
import { ChartFailure, useStaleText } from './no-counts.tsx'
import { isUnusual, type UsualBar } from '../../src-shared/domain/layers/usual-bars.ts'
import { rangeText } from '../../src-shared/domain/usual/verdict-text.ts'
import { Strip } from './strip/strip.tsx'
import { lazyPart } from '../controls/lazy-part.tsx'
import { Suspense } from 'react'

const views = [
  { value: 'bar', label: 'Bar' },
  { value: 'histogram', label: 'Histogram' },
  { value: 'distribution', label: 'Distribution' },
  { value: 'heat', label: 'Heat' },
] as const

const HeatView = lazyPart(async () => (await import('../usual/heat-view.tsx')).HeatView)

/** The interval that fits best. */
const AUTO = 'auto'

/** The span: its figures, its chart or table, and what the marks mean. */
export function ChartPanel({ model }: { model: ChartModel | null }): React.ReactNode {
  const failure = useDashboard((state) => state.countsFailure)
  const loading = useDashboard((state) => state.countsLoading)
  const asTable = useView((state) => state.asTable)
  const isHeat = useView((state) => state.view === 'heat')
  const Table = model?.view === 'distribution' ? DistributionTable : MinutesTable
  return (
    <section className={styles['panel']} aria-label="Tickets by minute" aria-busy={loading}>
      <div className={styles['figures']}>
        <SummaryLine model={model} />
      </div>
      <ViewControls model={model} />
      <FilterLine />
      {(isHeat || asTable) && model && <NewMark model={model} width={null} />}
      {isHeat ? (
        <Suspense fallback={null}>
          <HeatView />
        </Suspense>
      ) : failure ? (
        <ChartFailure failure={failure} />
      ) : asTable && model ? (
        <Table model={model} />
      ) : (
        <ChartStage model={model} />
      )}
      {!isHeat && <Legend model={model} />}
      <Strip />
    </section>
  )
}

/** How the span is shown: the interval, the view, and the table instead of a chart. */
function ViewControls({ model }: { model: ChartModel | null }): React.ReactNode {
  const { view: store } = useWorkbench()
  const { view, asTable } = useView((state) => state)
  const put = (part: Partial<ViewState>): void => store.put({ cursor: null, ...part })
  const long = model?.isTooLong ? 'The span is too long for a bar a minute' : undefined
  const crowded = model?.isCrowded
    ? 'In these colours a bar a minute is too much: take a shorter span'
    : undefined
  const refusals = { bar: long ?? crowded, histogram: undefined, heat: undefined, distribution: long }
  const options = views.map((option) => ({ ...option, refusal: refusals[option.value] }))
  return (
    <div className={styles['controls']}>
      {model !== null && view !== 'heat' && model.view !== 'distribution' && <IntervalChoice model={model} />}
      <Segments
        label="View"
        value={view === 'heat' ? view : (model?.view ?? view)}
        options={options}
        onChange={(chosen) => put({ view: chosen })}
      />
      {/* The heat view is a table. Its place is kept: the views beside it stand still. */}
      <span className={styles['as-table']} data-none={view === 'heat' || undefined}>
        <IconButton
          icon={asTable ? ChartColumn : Table2}
          label={asTable ? 'Show the chart' : 'Show a table'}
          shortcut="T"
          onClick={() => put({ asTable: !asTable })}
        />
      </span>
    </div>
  )
}

/** How long a bar is, which also says what the axis counts. Bars of more than a minute are the histogram's. */
function IntervalChoice({ model }: { model: ChartModel }): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const shown = useDashboard((state) => state.shown)
  const chosen = useDashboard((state) => state.chosenInterval)
  if (shown === null) return null
  const minutes = (shown.toMs - shown.fromMs) / startOfMinute(1)
  const isChosen = chosen === model.barMinutes
  const refusalOf = (interval: Interval): string | null =>
    intervalRefusal(minutes, interval) ??
    (model.split !== null && (minutes / interval) * model.split.parts.length > MAX_BARS
      ? 'too many marks in these colours'
      : null)
  const choose = (value: string): void => {
    const interval = INTERVALS.find((one) => String(one) === value) ?? null
    if (interval !== null && interval > 1) view.put({ view: 'histogram', cursor: null })
    dashboard.chooseInterval(interval)
  }
  return (
    <select
      className={styles['interval']}
      aria-label="Length of a bar"
      value={isChosen ? String(chosen) : AUTO}
      onChange={(event) => choose(event.target.value)}
    >
      <option value={AUTO}>{isChosen ? 'Auto' : perText(model)}</option>
      {INTERVALS.map((interval) => {
        const refusal = refusalOf(interval)
        return (
          <option key={interval} value={interval} disabled={refusal !== null}>
            {perText({ barMinutes: interval })}
            {refusal !== null && `: ${refusal}`}
          </option>
        )
      })}
    </select>
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
  const marks = model.marks.length === 0 ? null : marksOfBars(model)
  const stale = useStaleText()
  return (
    <ScrollRegion className={styles['scroll']} label="Table">
      <table className={styles['table']}>
        <caption>
          Tickets {perText(model)}, {timesText(spanOfModel(model), model.zone, nowMs)}
          {stale && `. ${stale.sentence}.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {stackOf(model).map(({ id, colour, name }) => (
              <th key={id} scope="col">
                <StackSwatch colour={colour} /> {name}
              </th>
            ))}
            <th scope="col">Tickets</th>
            {model.usual !== null && <th scope="col">Usual</th>}
            {model.planned !== null && <th scope="col">Planned</th>}
            {model.compared !== null && <th scope="col">Then</th>}
            {marks && <th scope="col">Marks</th>}
            <th scope="col">
              <span className="unseen">State</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {model.bins.map((bin, slot) => (
            <tr key={bin.startMinute} data-empty={bin.total === 0 || undefined}>
              <th scope="row">
                <Button kind="quiet" onClick={() => dashboard.open(binSpan(bin))}>
                  {binTimeText(bin, model)}
                </Button>
              </th>
              {stackOf(model).map(({ id }, place) => (
                <td key={id}>{knownText(bin, stackedIn(bin)[place] ?? 0)}</td>
              ))}
              <td className={styles['row-total']}>{knownText(bin, bin.total)}</td>
              {model.usual !== null && <td>{usualCell(bin, model.usual[slot])}</td>}
              {model.planned !== null && <td>{model.planned[slot]}</td>}
              {model.compared?.[slot] && <td>{comparedText(model.compared[slot])}</td>}
              {marks && <td className={styles['note']}>{marks[slot]?.map(markText).join(', ')}</td>}
              <td className={styles['note']}>{stateText(bin.state)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** `0–2`, with a triangle where the bar is unusual. */
function usualCell(bin: Bin, usual: UsualBar | null | undefined): string {
  if (!usual) return ''
  return `${rangeText(usual.low, usual.high)}${isUnusual(bin, usual) ? ' ▲ unusual' : ''}`
}

/** A count of a bar: `?`, or the least that it can be, where not all of it was fetched; nothing of what is to come. */
function knownText({ state }: Bin, count: number): string {
  if (state === 'future' && count === 0) return ''
  if (state !== 'unknown') return String(count)
  return count === 0 ? '?' : `≥ ${count}`
}
