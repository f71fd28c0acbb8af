import { useEffect, useRef, useState } from 'react'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunMinute, RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { useDashboard, useWorkbench, useZone } from '../app/workbench.ts'
import { createRefresher } from '../live/timers.ts'
import { minutesText, spanText, ticketsText, timeText } from '../live/text.ts'
import styles from './run-minutes.module.css'

/** As many bars as a small chart shows. An hour that begins within a minute touches 61 of the clock's. */
const MAX_BARS = 61
const WIDTHS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240]

/** A run's plan as an outline, what was made of it filled, and below the line what was not; and now, while it goes on. */
export function RunBars({ run }: { run: RunProgress }): React.ReactNode {
  const zone = useZone()
  const nowMinute = useDashboard((state) => state.nowMinute)
  const known = useRunMinutes(run) ?? []
  const first = known[0]?.minute ?? 0
  const width = minutesPerBar(known.length)
  const bars = (count: (minute: RunMinute) => number): number[] => binned(known.map(count), width)
  const planned = bars((minute) => minute.planned)
  const made = bars((minute) => minute.created)
  const notMade = bars((minute) => minute.notMade)
  const timeOf = (minute: number): string | null =>
    known.length > 0 ? timeText(startOfMinute(minute), zone) : null
  const marks = notMade.map((count) => Math.min(count, 1))
  const top = Math.max(1, ...planned)
  const columns = Math.max(1, planned.length)
  const now = run.state === 'running' ? (nowMinute - first) / width : -1
  const viewBox = `0 0 ${columns} ${top}`
  return (
    <figure className={styles['chart']}>
      <figcaption className="unseen">{barsText(known, zone)}</figcaption>
      <Scale top={top} width={width} />
      <svg className={styles['bars']} viewBox={viewBox} preserveAspectRatio="none" aria-hidden="true">
        <path className={styles['planned']} d={outlinePath(planned, top)} />
        <path className={styles['made']} d={barsPath(made, top)} />
        {now >= 0 && now <= columns && <path className={styles['now']} d={`M${now} 0V${top}`} />}
      </svg>
      <svg
        className={styles['marks']}
        viewBox={`0 0 ${columns} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className={styles['not-made']} d={barsPath(marks, 1)} />
      </svg>
      <Axis from={timeOf(first)} to={timeOf(first + known.length)} />
      <div className={styles['axis']} aria-hidden="true">
        <span className={styles['legend']}>
          <Key of="planned" label="planned" />
          <Key of="made" label="made" />
          {notMade.some((count) => count > 0) && <Key of="not-made" label="not made" />}
        </span>
      </div>
    </figure>
  )
}

/** What is below a small chart. */
export function Axis({ from, to }: Record<'from' | 'to', string | null>): React.ReactNode {
  return (
    <div className={styles['axis']} aria-hidden="true">
      <span>{from}</span>
      <span>{to}</span>
    </div>
  )
}

/** What is above it: how high it is. */
export function Scale({ top, width }: { top: number; width: number }): React.ReactNode {
  return (
    <p className={styles['scale']} aria-hidden="true">
      {top.toLocaleString('en-GB')} {width === 1 ? 'a minute' : `in ${minutesText(width)}`}
    </p>
  )
}

export function Key({ of, label }: { of: string; label: string }): React.ReactNode {
  return (
    <span className={styles['key']} data-of={of}>
      {label}
    </span>
  )
}

/** What the bars say, for who does not see them. */
export function barsText(minutes: readonly RunMinute[], zone: string): string {
  const [first, last] = [minutes[0], minutes.at(-1)]
  if (first === undefined || last === undefined) return 'Planned and made tickets by minute'
  const sum = (count: (minute: RunMinute) => number): number =>
    minutes.reduce((all, minute) => all + count(minute), 0)
  const span = { fromMs: startOfMinute(first.minute), toMs: startOfMinute(last.minute + 1) }
  const [made, notMade] = [sum(({ created }) => created), sum((minute) => minute.notMade)]
  const rest = notMade === 0 ? '' : `, ${notMade.toLocaleString('en-GB')} not made`
  return (
    `${spanText(span, zone)}: ${made.toLocaleString('en-GB')} of ${ticketsText(sum(({ planned }) => planned))} made` +
    `${rest}, at most ${Math.max(...minutes.map(({ planned }) => planned))} planned in a minute`
  )
}

/** How many minutes a bar stands for, so that there are at most 61. */
export function minutesPerBar(minutes: number): number {
  return WIDTHS.find((width) => minutes / width <= MAX_BARS) ?? Math.ceil(minutes / MAX_BARS)
}

/** The sums of neighbouring counts, `width` at a time; the last one's may be of fewer. */
export function binned(counts: readonly number[], width: number): number[] {
  const sums: number[] = Array.from({ length: Math.ceil(counts.length / width) }, () => 0)
  for (const [i, count] of counts.entries()) {
    const bar = Math.floor(i / width)
    sums[bar] = (sums[bar] ?? 0) + count
  }
  return sums
}

/** The outline of a row of bars of width 1 over a baseline at `height`, as an SVG path: up, along and down, bar by bar. */
export function outlinePath(bars: readonly number[], height: number): string {
  const steps = bars.map((bar, i) => `V${height - bar}H${i + 1}`)
  return `M0 ${height}${steps.join('')}V${height}`
}

/** The same bars each for itself, a gap between them, as one SVG path. Empty ones leave nothing. */
export function barsPath(bars: readonly number[], height: number): string {
  return bars
    .map((bar, i) => (bar === 0 ? '' : `M${i + 0.1} ${height}V${height - bar}h.8V${height}z`))
    .join('')
}

/** Between two readings at least, while tickets stream in. */
const GAP_MS = 1_000
/** The core goes through all slots for an answer. */
const GAP_MS_PER_SLOT = 0.05

interface RunMinutesOptions {
  readonly client: Client
  readonly runId: string
  /** Slots of the run: a large one is read more rarely. */
  readonly planned: number
  /** The page that shows them: while it is hidden nothing is asked. */
  readonly page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>
  readonly show: (minutes: readonly RunMinute[]) => void
}

/** Reads a run's plan and outcome by minute, anew as it changes; what it missed while nobody looked as the page is shown. */
export function createRunMinutesFeed(options: RunMinutesOptions) {
  const { client, runId, planned, page, show } = options
  let stopped = false
  let owed = false
  let known: RunProgress | null = null
  const refresher = createRefresher(
    async () => {
      try {
        const minutes = await client.call('runs.minutes', { runId })
        if (!stopped) show(minutes)
      } catch {
        // Where these cannot be read the run cannot either, and the window says so. What was read stays.
      }
    },
    Math.max(GAP_MS, planned * GAP_MS_PER_SLOT),
  )

  function ask(): void {
    owed = page.hidden
    if (!owed) refresher.request()
  }
  const onVisibility = (): void => {
    if (owed) ask()
  }
  page.addEventListener('visibilitychange', onVisibility)
  return {
    /** The run as it is now: where that is news, its minutes are read anew. */
    follow(run: RunProgress): void {
      if (run === known) return
      known = run
      ask()
    },
    stop(): void {
      stopped = true
      page.removeEventListener('visibilitychange', onVisibility)
      refresher.stop()
    },
  }
}

export type RunMinutesFeed = ReturnType<typeof createRunMinutesFeed>

/** A run's plan and outcome by minute, kept up to date while it is in sight; null until they are read. */
function useRunMinutes(run: RunProgress): readonly RunMinute[] | null {
  const { client } = useWorkbench().transport
  const { runId, planned } = run
  const [read, setRead] = useState<{ runId: string; minutes: readonly RunMinute[] } | null>(null)
  const feed = useRef<RunMinutesFeed>(null)
  useEffect(() => {
    const following = createRunMinutesFeed({
      client,
      runId,
      planned,
      page: document,
      show: (minutes) => setRead({ runId, minutes }),
    })
    feed.current = following
    return () => following.stop()
  }, [client, runId, planned])
  useEffect(() => feed.current?.follow(run), [run])
  return read?.runId === runId ? read.minutes : null
}
