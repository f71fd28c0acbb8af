import { ChevronDown, ChevronLeft, ChevronRight } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useEffect, useMemo, useState } from 'react'
import { bucketTotals } from '../../src-shared/domain/series.ts'
import { spanOf } from '../../src-shared/domain/span.ts'
import { Button, IconButton } from '../controls/button.tsx'
import popover from '../controls/popover.module.css'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { dateOf, hoursOfDay, neighbourDate } from '../live/calendar.ts'
import { spanName, ticketsText, timeText } from '../live/text.ts'
import styles from './header.module.css'
import icon from './icon.svg'
import { Tools } from './tools.tsx'
import { SiteBadge } from './site-badge.tsx'
import { useDashboard, useSiteNow, useWorkbench, useZone } from './workbench.ts'

/** Where and when: the product, the site, the hour, and the way to everything else. */
export function Header(): React.ReactNode {
  return (
    <header className={styles['header']}>
      <div className={styles['where']}>
        <img src={icon} width={22} height={22} alt="" />
        <h1>Jira TPM</h1>
        <SiteBadge />
      </div>
      <HourPicker />
      <Tools />
    </header>
  )
}

/** Which hour is shown, and the ways to another one. */
function HourPicker(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const following = useDashboard((state) => state.following)
  const ready = useDashboard((state) => state.shown !== null)
  return (
    <nav className={styles['picker']} aria-label="Span">
      <IconButton
        icon={ChevronLeft}
        label="Previous span"
        shortcut="["
        disabled={!ready}
        onClick={() => dashboard.stepSpan(-1)}
      />
      <HourMenu />
      <IconButton
        icon={ChevronRight}
        label="Next span"
        shortcut="]"
        disabled={!ready}
        onClick={() => dashboard.stepSpan(1)}
      />
      <Button
        className={styles['now']}
        aria-pressed={following}
        disabled={!ready}
        onClick={() => dashboard.followNow()}
      >
        Now
      </Button>
    </nav>
  )
}

function HourMenu(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const [open, setOpen] = useState(false)
  const session = useDashboard((state) => state.session)
  const span = useDashboard((state) => state.span)
  const shown = useDashboard((state) => state.shown)
  const nowMs = useSiteNow()
  const ready = session !== null && shown !== null
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild disabled={!ready}>
        <button type="button" className={styles['hour']}>
          {ready ? spanName(span, shown, session.zone, nowMs) : ''}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={popover['popover']}
          sideOffset={6}
          collisionPadding={8}
          aria-label="Choose an hour"
          onOpenAutoFocus={focusChosen}
        >
          <HourOfDay
            onChoose={(chosen) => {
              dashboard.showSpan(spanOf(chosen.fromMs, chosen.toMs))
              setOpen(false)
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** The hour shown has the focus first, not the button that comes first. */
function focusChosen(event: Event): void {
  const chosen = event.target instanceof Element ? event.target.querySelector('[aria-current=true]') : null
  if (!(chosen instanceof HTMLElement)) return
  event.preventDefault()
  chosen.focus()
}

function HourOfDay({ onChoose }: { onChoose: (hour: TimeSpan) => void }): React.ReactNode {
  const zone = useZone()
  const shown = useDashboard((state) => state.shown)
  const [date, setDate] = useState(() => dateOf(shown?.fromMs ?? 0, zone))
  const hours = useMemo(() => hoursOfDay(date, zone), [date, zone])
  const totals = useTotals(hours)
  const most = Math.max(1, ...totals)
  return (
    <div className={styles['day']}>
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
        <IconButton icon={ChevronRight} label="Next day" onClick={() => setDate(neighbourDate(date, 1))} />
      </div>
      <ul className={styles['hours']}>
        {hours.map((hour, i) => (
          <li key={hour.fromMs}>
            <button
              type="button"
              aria-current={hour.fromMs === shown?.fromMs}
              aria-label={`${timeText(hour.fromMs, zone)}, ${ticketsText(totals[i] ?? 0)}`}
              onClick={() => onChoose(hour)}
            >
              {timeText(hour.fromMs, zone)}
              <meter className={styles['meter']} aria-hidden="true" max={most} value={totals[i] ?? 0} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The tickets of each hour; none while they are on their way, or where they cannot be read, which the chart says. */
function useTotals(hours: readonly TimeSpan[]): readonly number[] {
  const { client } = useWorkbench().transport
  const [totals, setTotals] = useState<readonly number[]>([])
  useEffect(() => {
    let wanted = true
    const fromMs = hours[0]?.fromMs ?? 0
    const toMs = hours.at(-1)?.toMs ?? 0
    client.call('counts.get', { fromMs, toMs, bucketMinutes: 60 }).then(
      (counts) => wanted && setTotals(bucketTotals(counts)),
      () => wanted && setTotals([]),
    )
    return () => {
      wanted = false
    }
  }, [client, hours])
  return totals
}
