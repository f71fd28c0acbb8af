import type { RunMinute } from '../../src-shared/contract/models.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { timeWords } from '../live/time-words.ts'
import { barsWords } from './bars-words.ts'
import { barsPath, binned, minutesPerBar, outlinePath } from './minute-bins.ts'
import { minutesWords } from './minutes-words.ts'
import styles from './minute-chart.module.css'

interface RunBarsProps {
  /** Minute by minute, without gaps; null while they are being read. */
  readonly minutes: readonly RunMinute[] | null
  /** The minute of the site's clock, where the run is under way. */
  readonly nowMinute: number | null
  readonly zone: string
}

/** A run's plan as an outline, what was made of it filled, and below the line what was not. */
export function RunBars({ minutes, nowMinute, zone }: RunBarsProps): React.ReactNode {
  const known = minutes ?? []
  const first = known[0]?.minute ?? 0
  const width = minutesPerBar(known.length)
  const planned = binned(
    known.map((minute) => minute.planned),
    width,
  )
  const made = binned(
    known.map((minute) => minute.created),
    width,
  )
  const notMade = binned(
    known.map((minute) => minute.notMade),
    width,
  )
  const top = Math.max(1, ...planned)
  const columns = Math.max(1, planned.length)
  const now = nowMinute === null ? -1 : (nowMinute - first) / width
  const viewBox = `0 0 ${columns} ${top}`
  return (
    <figure className={styles['chart']}>
      <figcaption className="unseen">{barsWords(known, zone)}</figcaption>
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
        <path
          className={styles['not-made']}
          d={barsPath(
            notMade.map((count) => Math.min(count, 1)),
            1,
          )}
        />
      </svg>
      <div className={styles['axis']} aria-hidden="true">
        <span>{known.length > 0 && timeWords(startOfMinute(first), zone)}</span>
        {width > 1 && <span>{minutesWords(width)} a bar</span>}
        <span>{known.length > 0 && timeWords(startOfMinute(first + known.length), zone)}</span>
      </div>
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

function Key({ of, label }: { of: string; label: string }): React.ReactNode {
  return (
    <span className={styles['key']} data-of={of}>
      {label}
    </span>
  )
}
