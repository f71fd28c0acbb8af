import { useMemo } from 'react'
import { createRoot } from 'react-dom/client'
import type { CountsResult, Session } from '../src-shared/contract/tickets.ts'
import { steadyClock } from '../src-shared/domain/site-clock.ts'
import { applyChange } from '../src-shared/domain/counts.ts'
import { createStateStore, eachFrame, useStore, type StateStore } from '../src-renderer/state-store.ts'
import { chartModel, type ChartModel } from '../src-renderer/chart/chart-model.ts'
import { stackOf } from '../src-renderer/chart/stack.ts'
import { edgesOf } from '../src-renderer/chart/brush/cursor.ts'
import { figureOf, readPalette } from '../src-renderer/chart/figures.ts'
import { Plotly } from '../src-renderer/chart/plotly.ts'
import { Outlines } from '../src-renderer/chart/outlines.tsx'
import type { DashboardState } from '../src-renderer/live/dashboard-state.ts'
import { PlotlyFigure } from '../src-renderer/chart/plotly-figure.tsx'
import '../src-renderer/app/tokens.css'

/** What is over the bars: a run over all of them, or the day before, of which they are coloured by project. */
export type Over = 'nothing' | 'run' | 'day before and split'

/**
 * The page of `bench/chart.ts`: the way of an increment from the live counts to the screen, by the parts that the
 * window is made of, for as many minutes as asked.
 */
export interface ChartBench {
  /** Shows `minutes` minutes of one hour after the other; resolves to how many marks are drawn, when they are painted. */
  show(minutes: number, over: Over): Promise<number>
  /** Adds a ticket to a minute and gives the milliseconds until the bars that show it are painted. */
  update(): Promise<number>
  /** Lets the span move on by a minute and gives the milliseconds until its bars are painted. */
  move(): Promise<number>
}

declare global {
  interface Window {
    chartBench?: ChartBench
  }
}

const FIRST_MINUTE = Date.UTC(2026, 10, 24) / 60_000
const SIZE = { width: 1_280, height: 640 }
/** The counts of 30 minutes as Poisson spreads them for a mean of 1. */
const POISSON = [0, 1, 0, 2, 1, 1, 0, 3, 0, 1, 2, 0, 1, 0, 1, 0, 2, 0, 1, 1, 4, 0, 0, 2, 1, 0, 1, 0, 2, 1]
/** Five projects and the others. */
const PARTS = 6
const watched = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]
const session: Session = {
  version: 'bench',
  site: { id: 'bench', kind: 'sandbox', label: 'bench', browseUrl: null },
  projectKey: null,
  store: { kind: 'bench', label: 'bench' },
  zone: 'Europe/Berlin',
  watchedField: { id: 'priority', name: 'Priority' },
  watched,
  tokenExpiresOn: null,
  clock: steadyClock(0),
}

function snapshot(minutes: number, over: Over): CountsResult {
  const counts = countsOf(minutes)
  return {
    ...ofSpan(minutes),
    counts,
    ...(over === 'day before and split' && { split: splitOf(counts) }),
  }
}

function countsOf(minutes: number): number[][] {
  return watched.map((_, p) =>
    Array.from({ length: minutes }, (_value, i) => POISSON[(i * 37 + p * 11) % POISSON.length] ?? 0),
  )
}

/** Of each minute's tickets, by project. */
function splitOf(counts: CountsResult['counts']): NonNullable<CountsResult['split']> {
  const part = (value: string | null, at: number) => {
    const line = (counts[0] ?? []).map((_, i) => {
      const total = counts.reduce((sum, of) => sum + (of[i] ?? 0), 0)
      return Math.floor((total + ((i + at) % PARTS)) / PARTS)
    })
    const total = line.reduce((a, b) => a + b, 0)
    return { kind: value === null ? ('other' as const) : ('value' as const), value, total, counts: line }
  }
  const names = ['OPS', 'WEB', 'TPM', 'PAY', 'CRM', null]
  return { by: 'project', parts: names.map(part), overlaps: false }
}

function ofSpan(minutes: number): Omit<CountsResult, 'counts'> {
  return {
    siteId: 'bench',
    seq: 0,
    fromMinute: FIRST_MINUTE,
    toMinute: FIRST_MINUTE + minutes,
    bucketMinutes: 1,
    priorityIds: watched.map((priority) => priority.id),
    provisionalFromMinute: FIRST_MINUTE + minutes - 2,
    known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
  }
}

/** A run over all of it. */
function plannedOf({ fromMinute, toMinute }: CountsResult): DashboardState['planned'] {
  return Array.from({ length: toMinute - fromMinute }, (_, i) => ({
    minute: fromMinute + i,
    planned: POISSON[(i * 13) % POISSON.length] ?? 0,
  }))
}

/** The same minutes of the day before. */
function dayBefore(counts: CountsResult): CountsResult {
  const { fromMinute, toMinute } = counts
  const length = toMinute - fromMinute
  return {
    ...ofSpan(length),
    fromMinute: fromMinute - 1_440,
    toMinute: toMinute - 1_440,
    counts: countsOf(length),
  }
}

function knownOf(counts: CountsResult, over: Over) {
  const known = { nowMinute: counts.toMinute - 1, knownMinute: null, gaps: [] }
  if (over === 'run') return { ...known, planned: plannedOf(counts) }
  return over === 'nothing' ? known : { ...known, comparison: '1d', other: dayBefore(counts) }
}

function BenchChart(props: {
  store: StateStore<CountsResult>
  over: Over
  onModel: (model: ChartModel) => void
}): React.ReactNode {
  const { store, over, onModel } = props
  const counts = useStore(store, (state) => state)
  const palette = useMemo(() => readPalette(), [])
  const model = useMemo(
    () => chartModel(counts, session, knownOf(counts, over), { view: 'bar', interval: 1 }),
    [counts, over],
  )
  onModel(model)
  const figure = useMemo(() => figureOf(model, SIZE, palette), [model, palette])
  return (
    <>
      <PlotlyFigure plotly={Plotly} figure={figure} />
      <Outlines chart={{ model, edges: edgesOf(model), size: SIZE }} />
    </>
  )
}

function createBench(box: HTMLElement): ChartBench {
  const root = createRoot(box)
  let store = createStateStore(snapshot(60, 'nothing'), eachFrame)
  let marks = 0
  const onModel = (model: ChartModel): void => void (marks = model.bins.length * stackOf(model).length)
  return {
    async show(minutes, over) {
      store = createStateStore(snapshot(minutes, over), eachFrame)
      const painted = nextPaintOf(box)
      root.render(<BenchChart key={`${minutes} ${over}`} store={store} over={over} onModel={onModel} />)
      await painted
      return marks
    },
    async update() {
      const { seq, fromMinute, toMinute, counts } = store.get()
      const at = (seq * 7) % (toMinute - fromMinute)
      const p = seq % watched.length
      const changes = [
        {
          minute: fromMinute + at,
          priorityId: watched[p]?.id ?? '',
          count: ((counts[p]?.[at] ?? 0) + 1) % 8,
        },
      ]
      const began = performance.now()
      const painted = nextPaintOf(box)
      const next = applyChange(store.get(), {
        siteId: 'bench',
        prevSeq: seq,
        seq: seq + 1,
        reset: false,
        changes,
      })
      if (next === 'gap') throw new Error('The increment does not fit the counts.')
      // Of a split nothing is told but that it changed: the window reads it anew.
      store.set(() => ({ ...next, ...(next.split && { split: splitOf(next.counts) }) }))
      return (await painted) - began
    },
    async move() {
      const began = performance.now()
      const painted = nextPaintOf(box)
      store.set(oneMinuteOn)
      return (await painted) - began
    },
  }
}

/** The first minute goes and comes again as the last: a span that moves on for days keeps its tickets. */
function oneMinuteOn(counts: CountsResult): CountsResult {
  return {
    ...counts,
    fromMinute: counts.fromMinute + 1,
    toMinute: counts.toMinute + 1,
    provisionalFromMinute: counts.provisionalFromMinute + 1,
    counts: counts.counts.map((line) => [...line.slice(1), line[0] ?? 0]),
  }
}

/** The time at which the frame that changes something in an element has been painted. */
function nextPaintOf(element: HTMLElement): Promise<number> {
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      observer.disconnect()
      // A message sent in a frame arrives when that frame has been painted.
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => resolve(performance.now()))
      port1.start()
      port2.postMessage(null)
    })
    observer.observe(element, { subtree: true, childList: true, attributes: true, attributeFilter: ['d'] })
  })
}

const box = document.getElementById('chart')
if (box === null) throw new Error('The page has no chart element.')
window.chartBench = createBench(box)
