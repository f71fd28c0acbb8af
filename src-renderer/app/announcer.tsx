import { useEffect, useRef, useState } from 'react'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { reasonText } from '../../src-shared/domain/run/run-reason.ts'
import { bucketTotals } from '../../src-shared/domain/series.ts'
import { filterText, isEverything } from '../../src-shared/domain/ticket-filter.ts'
import type { ChartModel } from '../chart/chart-model.ts'
import { chartText } from '../chart/chart-text.ts'
import { cursorText } from '../chart/brush/cursor.ts'
import { endText } from '../runs/run-text.ts'
import { useStoreText } from '../status/store-status.tsx'
import { useDashboard, useView } from './workbench.ts'
import { lengthText, ticketsText } from '../live/text.ts'

/** Long enough to pass over the bars between, when an arrow key is held. */
const READOUT_MS = 200
const LIVE_EVERY_MS = 60_000

/** Speaks to assistive technology: the bars that the arrow keys chose, the span that is shown, and once a minute what has come. */
export function Announcer({ model }: { model: ChartModel | null }): React.ReactNode {
  return (
    <div className="unseen">
      <p aria-live="polite">{useReadout(model)}</p>
      <p aria-live="polite">{useSpanNews(model)}</p>
      <p aria-live="polite">{useNews()}</p>
      <p aria-live="polite">{useStoreNews()}</p>
      <p aria-live="polite">{useRunNews()}</p>
    </div>
  )
}

function useReadout(model: ChartModel | null): string {
  const cursor = useView((state) => state.cursor)
  const isPlaying = useView((state) => state.isPlaying)
  const bar = model && cursor?.by === 'key' ? cursorText(model, cursor) : ''
  // Over the sound of each bar nobody could be understood.
  const text = isPlaying ? 'Playing the bars. P ends it.' : bar
  const [said, setSaid] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), READOUT_MS)
    return () => clearTimeout(timer)
  }, [text])
  return said
}

/** The chart in a sentence, once the counts of another span or filter that a person chose are there. */
function useSpanNews(model: ChartModel | null): string {
  const chosen = useDashboard((state) => (state.shown === null ? null : state.span))
  const filter = useDashboard((state) => state.filter)
  const loading = useDashboard((state) => state.countsLoading)
  const [known, setKnown] = useState({ chosen, filter })
  const [said, setSaid] = useState('')
  if ((chosen !== known.chosen || filter !== known.filter) && model !== null && !loading) {
    setKnown({ chosen, filter })
    const only = isEverything(filter) ? '' : `Only ${filterText(filter)}. `
    // What is there as the window opens is no news.
    if (known.chosen !== null) setSaid(only + chartText(model))
  }
  return said
}

/** What happens to the store, when it happens; also that it is over. */
function useStoreNews(): string {
  const store = useStoreText()
  const [hadNews, setHadNews] = useState(false)
  if (store !== null && !hadNews) setHadNews(true)
  if (store !== null) return `${store.title}. ${store.text}`
  return hadNews ? 'The store works again.' : ''
}

/** What happens to the run as a whole, when it happens: its tickets are announced with the others. */
function useRunNews(): string {
  const run = useDashboard((state) => state.run)
  const [known, setKnown] = useState(run)
  const [said, setSaid] = useState('')
  if (run !== known) {
    setKnown(run)
    const news = runNews(known, run)
    if (news !== null) setSaid(news)
  }
  return said
}

/** `3 new tickets, 41 in 60 min`, at most once a minute and only about the span that moves. */
function useNews(): string {
  const counts = useDashboard((state) => state.counts)
  const following = useDashboard((state) => state.following)
  const latest = useRef(counts)
  const [said, setSaid] = useState('')
  useEffect(() => {
    latest.current = counts
  }, [counts])
  useEffect(() => {
    if (!following) return undefined
    let announced = latest.current
    const timer = setInterval(() => {
      const now = latest.current
      const news = now && announced && newTickets(announced, now)
      if (now && news) setSaid(newsText(now, news))
      announced = now
    }, LIVE_EVERY_MS)
    return () => clearInterval(timer)
  }, [following])
  return said
}

function newsText(counts: CountsResult, news: number): string {
  const total = bucketTotals(counts).reduce((a, b) => a + b, 0)
  const length = lengthText(startOfMinute(counts.toMinute - counts.fromMinute))
  return `${ticketsText(news).replace(' ', ' new ')}, ${total} in ${length}`
}

/** Tickets that came between two readings of a span: it may have moved on, so that others are no longer in it. */
export function newTickets(before: CountsResult, now: CountsResult): number {
  if (before.bucketMinutes !== now.bucketMinutes) return 0
  const known = bucketTotals(before)
  const by = (now.fromMinute - before.fromMinute) / now.bucketMinutes
  return bucketTotals(now).reduce(
    (sum, total, b) => sum + (b + by < 0 ? 0 : Math.max(0, total - (known[b + by] ?? 0))),
    0,
  )
}

/** What became of the run as a whole since it was announced the last time, as a sentence; null where that is nothing. */
export function runNews(before: RunProgress | null, now: RunProgress | null): string | null {
  // What is there as the window opens is no news.
  if (now === null || before === null) return null
  const isSame = before.runId === now.runId
  if (isSame && before.state === now.state) return null
  switch (now.state) {
    case 'running':
      return isSame
        ? 'The run goes on.'
        : `A run of ${now.planned.toLocaleString('en-GB')} tickets has begun.`
    case 'paused':
      return `The run stands still. ${reasonText(now) ?? ''}`.trim()
    default: // done, stopped, broken
      return endText(now)
  }
}
