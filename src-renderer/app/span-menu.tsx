import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { sharedMs, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { bucketTotals } from '../../src-shared/domain/series.ts'
import { parseSpan, resolveSpan, spanOf, type ChosenSpan } from '../../src-shared/domain/span.ts'
import { failureOf, toWireError } from '../../src-shared/errors/app-error.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { TextField } from '../controls/field.tsx'
import { dateOf, hoursOfDay, neighbourDate } from '../live/calendar.ts'
import { spanName, ticketsText, timeText } from '../live/text.ts'
import styles from './span-menu.module.css'
import { useDashboard, useSiteNow, useWorkbench, useZone } from './workbench.ts'

/** What is chosen most, as rows. */
const USUAL: readonly ChosenSpan[] = [
  { from: 'now-15m', to: 'now' },
  { from: 'now-1h', to: 'now' },
  { from: 'now-6h', to: 'now' },
  { from: 'now-24h', to: 'now' },
  { from: 'now-7d', to: 'now' },
  { from: 'now/h', to: 'now/h' },
  { from: 'now/d', to: 'now/d' },
  { from: 'now-1d/d', to: 'now-1d/d' },
]

/** The ways to another span: what is usual, times as a person types them, and the hours of a day. */
export function SpanMenu({ onDone }: { onDone: () => void }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const box = useRef<HTMLDivElement>(null)
  // What is shown has the focus first.
  useLayoutEffect(() => {
    const current = box.current?.querySelector<HTMLElement>('[aria-current=true]')
    const first = current ?? box.current?.querySelector<HTMLElement>('button')
    first?.focus()
  }, [])
  const choose = (span: ChosenSpan): void => {
    dashboard.showSpan(span)
    onDone()
  }
  return (
    <div ref={box} className={styles['menu']}>
      <UsualSpans onChoose={choose} />
      <TypedSpan onChoose={choose} />
      <HoursOfDay onChoose={({ fromMs, toMs }) => choose(spanOf(fromMs, toMs))} />
    </div>
  )
}

function UsualSpans({ onChoose }: { onChoose: (span: ChosenSpan) => void }): React.ReactNode {
  const span = useDashboard((state) => state.span)
  const shown = useDashboard((state) => state.shown)
  const zone = useZone()
  const nowMs = useSiteNow()
  if (shown === null) return null
  return (
    <ul className={styles['usual']}>
      {USUAL.map((usual) => (
        <li key={usual.from}>
          <button
            type="button"
            aria-current={usual.from === span.from && usual.to === span.to}
            onClick={() => onChoose(usual)}
          >
            {spanName(usual, shown, zone, nowMs)}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** What is typed stays there, with what is wrong about it, until it is a span. */
function TypedSpan({ onChoose }: { onChoose: (span: ChosenSpan) => void }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string>()

  function submit(event: React.FormEvent): void {
    event.preventDefault()
    const clock = dashboard.clock()
    if (clock === null) return
    try {
      const span = parseSpan(text, clock)
      resolveSpan(span, clock)
      onChoose(span)
    } catch (error) {
      const { what, hint } = failureOf(toWireError(error))
      setProblem([what, hint].filter((part) => part !== '').join(' '))
    }
  }

  return (
    <form className={styles['typed']} onSubmit={submit}>
      <TextField
        label="Times"
        placeholder="14:05-15:00"
        hint="Also -2h, yesterday, mon 9-11, 2026-11-24 to now."
        problem={problem}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setProblem(undefined)
        }}
      />
      <Button type="submit">Show</Button>
    </form>
  )
}

function HoursOfDay({ onChoose }: { onChoose: (part: TimeSpan) => void }): React.ReactNode {
  const zone = useZone()
  const shown = useDashboard((state) => state.shown)
  const nowMs = useSiteNow()
  const [date, setDate] = useState(() => dateOf((shown?.toMs ?? 1) - 1, zone))
  const hours = useMemo(() => hoursOfDay(date, zone), [date, zone])
  const day = { fromMs: hours[0]?.fromMs ?? 0, toMs: hours.at(-1)?.toMs ?? 0 }
  return (
    <div>
      <div className={styles['date']}>
        <IconButton
          icon={ChevronLeft}
          label="Previous day"
          onClick={() => setDate(neighbourDate(date, -1))}
        />
        <input
          type="date"
          aria-label="Day"
          value={date}
          required
          onChange={(event) => {
            if (event.target.validity.valid) setDate(event.target.value)
          }}
        />
        <Button kind="quiet" disabled={day.fromMs > nowMs} onClick={() => onChoose(day)}>
          Whole day
        </Button>
        <IconButton
          icon={ChevronRight}
          label="Next day"
          disabled={day.toMs > nowMs}
          onClick={() => setDate(neighbourDate(date, 1))}
        />
      </div>
      <Hours hours={hours} onChoose={onChoose} />
    </div>
  )
}

interface HoursProps {
  readonly hours: readonly TimeSpan[]
  readonly onChoose: (hour: TimeSpan) => void
}

/** How full each hour is. What is to come, or was not fetched, does not look as if it were empty. */
function Hours({ hours, onChoose }: HoursProps): React.ReactNode {
  const zone = useZone()
  const shown = useDashboard((state) => state.shown)
  const nowMs = useSiteNow()
  const counts = useCounts(hours)
  const totals = counts === null ? [] : bucketTotals(counts)
  const most = Math.max(1, ...totals)
  return (
    <ul className={styles['hours']}>
      {hours.map((hour, i) => {
        const total = totals[i] ?? 0
        const past = { fromMs: hour.fromMs, toMs: Math.min(hour.toMs, nowMs) }
        const isKnown = counts !== null && (total > 0 || sharedMs(counts.known, past) > 0)
        return (
          <li key={hour.fromMs}>
            <button
              type="button"
              disabled={hour.fromMs > nowMs}
              aria-current={hour.fromMs === shown?.fromMs && hour.toMs === shown.toMs}
              aria-label={`${timeText(hour.fromMs, zone)}, ${stateOf(hour, nowMs, counts, isKnown) ?? ticketsText(total)}`}
              onClick={() => onChoose(hour)}
            >
              {timeText(hour.fromMs, zone)}
              {isKnown && hour.fromMs <= nowMs ? (
                <meter className={styles['meter']} aria-hidden="true" max={most} value={total} />
              ) : (
                <span className={styles['meter']} aria-hidden="true" />
              )}
            </button>
          </li>
        )
      })}
    </ul>
  )
}

/** What is said of an hour in the place of its tickets; null where they are known. */
function stateOf(
  hour: TimeSpan,
  nowMs: number,
  counts: CountsResult | null,
  isKnown: boolean,
): string | null {
  if (hour.fromMs > nowMs) return 'still to come'
  if (counts === null || isKnown) return null
  return 'not fetched'
}

/** The tickets of each hour; null while they are on their way, or where they cannot be read, which the chart says. */
function useCounts(hours: readonly TimeSpan[]): CountsResult | null {
  const { client } = useWorkbench().transport
  const [counts, setCounts] = useState<CountsResult | null>(null)
  useEffect(() => {
    let wanted = true
    const fromMs = hours[0]?.fromMs ?? 0
    const toMs = hours.at(-1)?.toMs ?? 0
    client.call('counts.get', { fromMs, toMs, bucketMinutes: 60 }).then(
      (read) => wanted && setCounts(read),
      () => wanted && setCounts(null),
    )
    return () => {
      wanted = false
    }
  }, [client, hours])
  return counts
}
