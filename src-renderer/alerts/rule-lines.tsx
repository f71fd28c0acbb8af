/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a line over a chart: no input has its place. */
import { useRef, useState } from 'react'
import { INTERVALS, intervalRefusal } from '../../src-shared/domain/interval.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { conditionText, minutesText } from '../../src-shared/domain/usual/alert-text.ts'
import { useDashboard, useMay, useWorkbench } from '../app/workbench.ts'
import type { DrawnChart } from '../chart/chart-marks.tsx'
import { spanOfModel, type ChartModel } from '../chart/chart-model.ts'
import { MAX_TICKETS } from './rule-fields.ts'
import { fixedRules, isTrueOf, LABEL_PX, labelTops, lineTop, type FixedRule } from './rule-line.ts'
import styles from './rule-lines.module.css'
import { usePulled } from './pulled-line.ts'
import type { ReplayState } from './replay-feed.ts'
import { useReplay } from './use-replay.ts'

/** Over the bars: a line for each fixed rule that is true of them, to be pulled to another number by those who may. */
export function RuleLines({ chart }: { chart: DrawnChart }): React.ReactNode {
  const { model, size } = chart
  const mayChange = useMay('admin')
  const rules = useFixedRules().filter(({ condition }) => isTrueOf(model, condition.minutes))
  if (rules.length === 0) return null
  const tops = labelTops(
    rules.map(({ condition }) => lineTop(condition.tickets, model.most, size.height).y),
    size.height,
  )
  return (
    <div className={styles['lines']} role="group" aria-label="Fixed rules">
      {rules.map((rule, at) =>
        mayChange ? (
          <PulledLine key={rule.id} chart={chart} rule={rule} labelTop={tops[at] ?? 0} />
        ) : (
          <StillLine key={rule.id} chart={chart} rule={rule} labelTop={tops[at] ?? 0} />
        ),
      )}
    </div>
  )
}

/** In the legend: the way to the bars of which a rule's line is true, where those shown are of another length. */
export function RuleBars({ model }: { model: ChartModel }): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const rules = useFixedRules()
  if (model.view === 'distribution') return null
  const { fromMs, toMs } = spanOfModel(model)
  const lengths = INTERVALS.filter(
    (interval) =>
      interval !== model.barMinutes &&
      intervalRefusal((toMs - fromMs) / MS_PER_MINUTE, interval) === null &&
      rules.some(({ condition }) => condition.minutes === interval),
  )
  return lengths.map((interval) => (
    <button
      key={interval}
      type="button"
      className={styles['bars']}
      onClick={() => {
        view.put({ view: interval === 1 ? 'bar' : 'histogram', cursor: null })
        dashboard.chooseInterval(interval)
      }}
    >
      <i className={styles['swatch']} />
      {rules
        .filter(({ condition }) => condition.minutes === interval)
        .map(({ condition }) => shortText(condition))
        .join(', ')}
      : show in bars of {minutesText(interval)}
    </button>
  ))
}

function useFixedRules(): readonly FixedRule[] {
  const alerts = useDashboard((state) => state.alerts)
  const filter = useDashboard((state) => state.filter)
  const session = useDashboard((state) => state.session)
  return session === null || alerts === null ? [] : fixedRules(alerts.rules, filter, session.watched)
}

interface LineProps {
  readonly chart: DrawnChart
  readonly rule: FixedRule
  /** Where its label is while nobody pulls it. */
  readonly labelTop: number
}

function StillLine({ chart, rule, labelTop }: LineProps): React.ReactNode {
  const { y, beyond } = lineTop(rule.condition.tickets, chart.model.most, chart.size.height)
  return (
    <>
      {!beyond && <i className={styles['line']} style={{ top: y }} />}
      <span className={styles['label']} style={{ top: labelTop }}>
        {beyond && '↑ '}
        {shortText(rule.condition)}
      </span>
    </>
  )
}

/** `8 in 5 min`. */
function shortText({ tickets, minutes }: FixedRule['condition']): string {
  return `${tickets.toLocaleString('en-GB')} in ${minutesText(minutes)}`
}

/** What it would have done with that number, as far as it is read. */
function wouldText(condition: FixedRule['condition'], state: ReplayState): string {
  if (state.is === 'reading') return 'Going through the stored weeks…'
  const said = `${conditionText(condition)}: `
  if (state.is === 'failed') return `${said}what it would have done is not known. ${state.why}`
  const { summary } = state.replay
  return `${said}${summary.charAt(0).toLowerCase()}${summary.slice(1)}`
}

function PulledLine({ chart, rule, labelTop }: LineProps): React.ReactNode {
  const label = useRef<HTMLDivElement>(null)
  const line = usePulled(chart, rule)
  const [focused, setFocused] = useState(false)
  const { tickets, held } = line
  const condition = { ...rule.condition, tickets }
  const isAsked = focused || held
  const { state } = useReplay(isAsked ? { condition, scope: rule.scope } : null)
  const would = isAsked ? wouldText(condition, state) : ''
  const { y, beyond } = lineTop(tickets, chart.model.most, chart.size.height)
  const top = held ? Math.max(0, y - LABEL_PX / 2) : labelTop
  const isLow = y < chart.size.height / 2
  const pointer = {
    ...line.pointer,
    onPointerDown(event: React.PointerEvent): void {
      line.pointer.onPointerDown(event)
      label.current?.focus({ preventScroll: true })
    },
  }
  const place = isLow ? { top: top + LABEL_PX + 8 } : { bottom: chart.size.height - top + 8 }
  return (
    <>
      {!beyond && (
        <i className={styles['line']} data-held={held || focused || undefined} style={{ top: y }} />
      )}
      {!beyond && <div className={styles['grip']} style={{ top: y - 4 }} {...pointer} aria-hidden="true" />}
      <div
        ref={label}
        className={styles['label']}
        style={{ top }}
        role="slider"
        tabIndex={0}
        aria-label={`Rule ${rule.name}: tickets`}
        aria-orientation="vertical"
        aria-valuemin={1}
        aria-valuemax={MAX_TICKETS}
        aria-valuenow={tickets}
        aria-valuetext={conditionText(condition)}
        data-held={held || undefined}
        onKeyDown={line.pressKey}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false)
          line.leave()
        }}
        {...pointer}
      >
        {beyond && '↑ '}
        {shortText(condition)}
      </div>
      <LineBox
        place={place}
        shown={focused || held || line.failure !== ''}
        would={would}
        failure={line.failure}
      />
    </>
  )
}

interface BoxProps {
  readonly place: React.CSSProperties
  readonly shown: boolean
  readonly would: string
  readonly failure: string
}

/** Beside a line: what it would have done, and why it could not be moved. */
function LineBox({ place, shown, would, failure }: BoxProps): React.ReactNode {
  return (
    <div className={styles['box']} style={place} data-shown={shown || undefined}>
      <p role="status">{would}</p>
      <p className={styles['failure']} role="alert">
        {failure}
      </p>
    </div>
  )
}
