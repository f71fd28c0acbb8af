import { useEffect, useState } from 'react'
import type { UsualHeat } from '../../src-shared/contract/alerts/usual.ts'
import { learningText } from '../../src-shared/domain/usual/verdict-text.ts'
import { useWorkbench } from '../app/workbench.ts'
import type { DashboardState } from '../live/dashboard-state.ts'
import { capital } from '../live/text.ts'
import { HeatHours } from './heat-hours.tsx'
import { cellText, DAYS, HOURS_PER_DAY, rateText, type HeatHour } from './heat-text.ts'
import styles from './heat.module.css'

/** Shades, from few tickets to many. */
const SHADES = 6

/** What was learned of each hour of the week, where it can be seen and believed. */
export function HeatView(): React.ReactNode {
  const heat = useHeat()
  const [chosen, choose] = useState<number | null>(null)
  if (heat === null) return <div className={styles['heat']} aria-busy="true" />
  if (heat === 'failed') {
    return (
      <div className={styles['heat']}>
        <p role="alert">What is usual could not be read. It is read again with the next commit.</p>
      </div>
    )
  }
  return (
    <div className={styles['heat']}>
      {heat.learning !== null && (
        <p className={styles['learning']}>
          {capital(learningText(heat.learning))}. Until then nothing is called usual or unusual.
        </p>
      )}
      <HeatTable heat={heat} chosen={chosen} onChoose={choose} />
      <HeatLegend heat={heat} />
      {chosen !== null && <HeatHours heat={heat} cell={chosen} onClose={() => choose(null)} />}
    </div>
  )
}

/** Read anew each hour, when another one was learned. */
function useHeat(): UsualHeat | 'failed' | null {
  const { transport, dashboard } = useWorkbench()
  const [heat, setHeat] = useState<UsualHeat | 'failed' | null>(null)
  useEffect(() => {
    let isLeft = false
    let asked: string | null = null
    const take = (next: UsualHeat | 'failed'): void => {
      if (!isLeft) setHeat(next)
    }
    const readAgain = (): void => {
      const learned = learnedOf(dashboard.store.get())
      if (learned === asked) return
      asked = learned
      transport.client.call('usual.heat', {}).then(take, () => take('failed'))
    }
    readAgain()
    const leave = dashboard.store.subscribe(readAgain)
    return () => {
      isLeft = true
      leave()
    }
  }, [transport, dashboard])
  return heat
}

/** Until when was learned, and of which site. */
function learnedOf({ usualNow }: DashboardState): string {
  return usualNow === null ? '' : `${usualNow.siteId} ${usualNow.learnedToMinute}`
}

interface HeatTableProps {
  readonly heat: UsualHeat
  readonly chosen: number | null
  readonly onChoose: (cell: number) => void
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -HOURS_PER_DAY,
  ArrowDown: HOURS_PER_DAY,
}

function HeatTable({ heat, chosen, onChoose }: HeatTableProps): React.ReactNode {
  const [focused, setFocused] = useState(0)
  const most = Math.max(0, ...heat.hours.map(({ perHour }) => perHour))
  const onKeyDown = (event: React.KeyboardEvent<HTMLButtonElement>): void => {
    const next = focused + (STEPS[event.key] ?? 0)
    if (next === focused || heat.hours[next] === undefined) return
    event.preventDefault()
    event.stopPropagation()
    setFocused(next)
    const table = event.currentTarget.closest('table')
    table?.querySelector<HTMLButtonElement>(`[data-cell="${next}"]`)?.focus()
  }
  return (
    <table className={styles['table']}>
      <caption className="unseen">
        Usual tickets an hour by hour of the week, on the clock of {heat.zone}
      </caption>
      <HourHeadings />
      <tbody>
        {DAYS.map((day, row) => (
          <tr key={day}>
            <th scope="row" aria-label={day}>
              {day.slice(0, 3)}
            </th>
            {heat.hours.slice(row * HOURS_PER_DAY, (row + 1) * HOURS_PER_DAY).map((hour, column) => {
              const cell = row * HOURS_PER_DAY + column
              return (
                <td key={cell}>
                  <button
                    type="button"
                    data-cell={cell}
                    data-shade={shadeOf(hour, most)}
                    data-learning={!hour.believed || undefined}
                    aria-pressed={cell === chosen}
                    aria-label={cellText(hour, cell)}
                    title={cellText(hour, cell)}
                    tabIndex={cell === focused ? 0 : -1}
                    onKeyDown={onKeyDown}
                    onFocus={() => setFocused(cell)}
                    onClick={() => onChoose(cell)}
                  >
                    <span aria-hidden="true">{hour.weeks === 0 ? '' : rateText(hour.perHour)}</span>
                  </button>
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function HourHeadings(): React.ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="unseen">Day</span>
        </th>
        {Array.from({ length: HOURS_PER_DAY }, (_, hour) => (
          <th key={hour} scope="col" data-third={hour % 3 === 0 || undefined}>
            {hour}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** What the shades mean, and whose clock it is. */
function HeatLegend({ heat }: { heat: UsualHeat }): React.ReactNode {
  const most = Math.max(0, ...heat.hours.map(({ perHour }) => perHour))
  const weeks = Math.max(0, ...heat.hours.map((hour) => hour.weeks))
  if (weeks === 0) return null
  return (
    <p className={styles['legend']}>
      <span>0</span>
      {Array.from({ length: SHADES }, (_, shade) => (
        <i key={shade} data-shade={shade} />
      ))}
      <span>{rateText(most)} tickets an hour</span>
      {heat.hours.some(({ believed }) => !believed) && (
        <span>
          <i data-shade={0} data-learning /> still learning
        </span>
      )}
      <span>
        of {Math.round(weeks)} {Math.round(weeks) === 1 ? 'week' : 'weeks'}, by the clock of {heat.zone}
      </span>
    </p>
  )
}

function shadeOf({ perHour }: Pick<HeatHour, 'perHour'>, most: number): number {
  return most === 0 ? 0 : Math.min(SHADES - 1, Math.floor((perHour / most) * SHADES))
}
