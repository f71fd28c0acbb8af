import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { bucketTotals } from '../../src-shared/domain/series.ts'
import { ticketsWords } from '../chart/bin-words.ts'
import { IconButton } from '../controls/icon-button.tsx'
import { dateOf, hoursOfDay, neighbourDate, type Span } from '../live/hour.ts'
import { timeWords } from '../live/time-words.ts'
import { useDashboard, useWorkbench } from './workbench.ts'
import styles from './hour-of-day.module.css'

/** A day and its hours, each with how many tickets it has. */
export function HourOfDay({ onChoose }: { onChoose: (hour: Span) => void }): React.ReactNode {
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  const shown = useDashboard((state) => state.hour)
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
              aria-label={`${timeWords(hour.fromMs, zone)}, ${ticketsWords(totals[i] ?? 0)}`}
              onClick={() => onChoose(hour)}
            >
              {timeWords(hour.fromMs, zone)}
              <meter className={styles['meter']} aria-hidden="true" max={most} value={totals[i] ?? 0} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The tickets of each hour; none while they are on their way, or where they cannot be read, which the chart says. */
function useTotals(hours: readonly Span[]): readonly number[] {
  const { client } = useWorkbench().door
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
