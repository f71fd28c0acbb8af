import { useMemo, useRef, useState } from 'react'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { useDashboard, useMachineNow } from '../../app/workbench.ts'
import { gapsOf } from '../../live/gaps.ts'
import { useStripCounts } from './strip-counts.ts'
import { StripHandle } from './strip-handle.tsx'
import { endsWithin, percent, stripInterval, stripRange, stripTicks } from './strip-range.ts'
import styles from './strip.module.css'
import { useSize } from '../use-size.ts'

/** Room for a label of the axis, in pixels. */
const LABEL_PX = 56

/** The time around the span shown, as small bars, and the span as a handle that is moved and stretched. */
export function Strip(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const shown = useDashboard((state) => state.shown)
  if (session === null || shown === null) return <div className={styles['strip']} />
  return <StripOf key={session.site.id} session={session} shown={shown} />
}

function StripOf({ session, shown }: { session: Session; shown: TimeSpan }): React.ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const width = useSize(box)?.width ?? 0
  const [kept, setKept] = useState<TimeSpan | null>(null)
  const range = stripRange(shown, kept, session.zone)
  if (range.fromMs !== kept?.fromMs || range.toMs !== kept.toMs) setKept(range)
  const most = Math.max(1, Math.floor(width / LABEL_PX))
  const ticks = useMemo(
    () => stripTicks(range, most, session.zone).filter(endsWithin(range, width)),
    [range, most, session.zone, width],
  )
  return (
    <section className={styles['strip']} aria-label="The time around it">
      <div ref={box} className={styles['track']}>
        <StripBars range={range} />
        <StripHandle range={range} shown={shown} zone={session.zone} width={width} />
      </div>
      <div className={styles['ticks']} aria-hidden="true">
        {ticks.map(({ atMs, text }) => (
          <span key={atMs} style={{ left: percent(atMs, range) }}>
            {text}
          </span>
        ))}
      </div>
    </section>
  )
}

/** Without a ticket in sight two are no storm: see `countScale`. */
const LEAST_TOP = 4

function StripBars({ range }: { range: TimeSpan }): React.ReactNode {
  const interval = stripInterval(range)
  const { counts, totals } = useStripCounts(range, interval)
  const session = useDashboard((state) => state.session)
  const sync = useDashboard((state) => state.sync)
  const knownMinute = useDashboard((state) => state.knownMinute)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const gaps = gapsOf({ counts, sync, session, knownMinute }, useMachineNow())
  const path = useMemo(() => barsPath(totals), [totals])
  return (
    <>
      {gaps.map((gap) => (
        <div
          key={gap.fromMs}
          className={styles['gap']}
          data-kind="gap"
          style={{ left: percent(gap.fromMs, range), right: `calc(100% - ${percent(gap.toMs, range)})` }}
        />
      ))}
      <div
        className={styles['past']}
        style={{ width: percent(Math.min(range.toMs, startOfMinute(nowMinute)), range) }}
      />
      <svg
        className={styles['bars']}
        viewBox={`0 0 ${(range.toMs - range.fromMs) / (interval * MS_PER_MINUTE)} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path d={path} />
      </svg>
    </>
  )
}

/** Bars of one unit each, in a box one unit high. */
function barsPath(totals: readonly number[]): string {
  const top = Math.max(LEAST_TOP, ...totals)
  const bars = totals.map((total, i) => (total === 0 ? '' : `M${i + 0.1} 1V${1 - total / top}H${i + 0.9}V1Z`))
  return bars.join('')
}
