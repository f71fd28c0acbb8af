import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import type { UsualHeat } from '../../src-shared/contract/alerts/usual.ts'
import { unknownWithin } from '../../src-shared/domain/known-spans.ts'
import {
  MINUTES_PER_DAY,
  MINUTES_PER_HOUR,
  startOfMinute,
  type Minute,
} from '../../src-shared/domain/minute.ts'
import { bucketTotals } from '../../src-shared/domain/series.ts'
import { spanOf } from '../../src-shared/domain/span.ts'
import { hoursOfWeek } from '../../src-shared/domain/usual/zone-hours.ts'
import { useDashboard, useWorkbench, useZone } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { dayText, ticketsText } from '../live/text.ts'
import { byHandText, cellText } from './heat-text.ts'
import styles from './heat.module.css'

const WEEKS = 8
const QUARTER = 15

/** One hour of a week that is over. */
interface PastHour {
  readonly startMinute: Minute
  readonly tickets: number
  readonly isKnown: boolean
}

interface HeatHoursProps {
  readonly heat: UsualHeat
  readonly cell: number
  readonly onClose: () => void
}

/** The last weeks’ tickets of one hour of the week, each a way to its span. */
export function HeatHours({ heat, cell, onClose }: HeatHoursProps): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const zone = useZone()
  const hours = usePastHours(heat.zone)
  const hour = heat.hours[cell]
  const past = hours?.get(cell)
  const found = past ?? []
  const section = useRef<HTMLElement>(null)
  // Below the table there may be no room for it.
  useEffect(() => {
    if (past !== undefined) section.current?.scrollIntoView({ block: 'nearest' })
  }, [past])
  const show = ({ startMinute }: PastHour): void => {
    view.put({ view: 'bar', asTable: false, cursor: null, panel: 'tickets' })
    dashboard.showSpan(spanOf(startOfMinute(startMinute), startOfMinute(startMinute + MINUTES_PER_HOUR)))
  }
  return (
    <section
      ref={section}
      className={styles['hours']}
      aria-label="This hour in the last weeks"
      aria-busy={hours === null}
    >
      <h2>{hour && cellText(hour, cell)}</h2>
      <IconButton icon={X} label="Close" onClick={onClose} />
      <ul>
        {found.map((one) => (
          <li key={one.startMinute}>
            <Button kind="quiet" onClick={() => show(one)}>
              {dayText(startOfMinute(one.startMinute), zone, startOfMinute(heat.learnedToMinute))}:{' '}
              {one.isKnown ? ticketsText(one.tickets) : 'not fetched'}
            </Button>
          </li>
        ))}
      </ul>
      {hour && hour.weeks > 0 && <p className={styles['by-hand']}>{byHandText(hour, heat)}</p>}
      {hours !== null && found.length === 0 && <p>None of these hours can be read now.</p>}
    </section>
  )
}

/** The hours of the last weeks by hour of the week, the newest first; null while they are read. */
function usePastHours(zone: string): ReadonlyMap<number, readonly PastHour[]> | null {
  const { transport } = useWorkbench()
  const toMinute = useDashboard(
    ({ nowMinute }) => Math.floor(nowMinute / MINUTES_PER_HOUR) * MINUTES_PER_HOUR,
  )
  const [hours, setHours] = useState<ReadonlyMap<number, readonly PastHour[]> | null>(null)
  useEffect(() => {
    let isLeft = false
    const hourOf = hoursOfWeek(zone)
    let fromMinute = toMinute - WEEKS * 7 * MINUTES_PER_DAY
    // In some zones hours begin at half past, by the clock of UTC.
    while (hourOf(fromMinute) === hourOf(fromMinute - QUARTER)) fromMinute += QUARTER
    transport.client
      .call('counts.get', {
        fromMs: startOfMinute(fromMinute),
        toMs: startOfMinute(toMinute),
        bucketMinutes: MINUTES_PER_HOUR,
      })
      .then(
        (counts) => !isLeft && setHours(pastHours(counts, hourOf)),
        () => !isLeft && setHours(new Map()),
      )
    return () => void (isLeft = true)
  }, [transport, zone, toMinute])
  return hours
}

/** The buckets of an hour each, by hour of the week, the newest first. */
function pastHours(
  counts: CountsResult,
  hourOf: (minute: Minute) => number,
): ReadonlyMap<number, readonly PastHour[]> {
  const found = new Map<number, PastHour[]>()
  for (const [bucket, tickets] of bucketTotals(counts).entries()) {
    const startMinute = counts.fromMinute + bucket * MINUTES_PER_HOUR
    const span = {
      fromMs: startOfMinute(startMinute),
      toMs: startOfMinute(startMinute + MINUTES_PER_HOUR),
    }
    if (startMinute + MINUTES_PER_HOUR > counts.toMinute) continue
    const hour = { startMinute, tickets, isKnown: unknownWithin(counts.known, span).length === 0 }
    const cell = hourOf(startMinute)
    found.set(cell, [hour, ...(found.get(cell) ?? [])])
  }
  return found
}
