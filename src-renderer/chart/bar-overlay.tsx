import { minuteOf } from '../../src-shared/domain/minute.ts'
import { useDashboard, useView } from '../app/workbench.ts'
import styles from './bar-overlay.module.css'
import type { Bin, ChartModel } from './chart-model.ts'
import { binTimeText, stateText } from './chart-text.ts'
import { ticketsLabel } from './figures.ts'
import { countScale, countTop, MARGIN, slotMiddle, type BoxSize } from './geometry.ts'
import { PrioritySwatch } from './legend.tsx'
import { ticketsText } from '../live/text.ts'

/** Room that the box needs above a bar, and to either side of its middle, in pixels. */
const ROOM_ABOVE = 96
const ROOM_ASIDE = 92

/** What is marked behind the bars: the one looked at, those whose tickets are listed, and where now is. */
export function ChartMarks({ model, size }: { model: ChartModel; size: BoxSize }): React.ReactNode {
  const cursor = useView((state) => state.cursor)
  const opened = useDashboard((state) => state.opened)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const plot = size.width - MARGIN.l - MARGIN.r
  const slot = plot / model.slots
  const box = { top: MARGIN.t, height: size.height - MARGIN.t - MARGIN.b }

  const timed = model.view !== 'distribution'
  const from = model.bins[0]?.startMinute ?? 0
  const minutes = model.bins.reduce((sum, bin) => sum + bin.minutes, 0)
  const unfinished = timed && nowMinute >= from && nowMinute < from + minutes
  const openedMinutes = opened && { from: minuteOf(opened.fromMs), to: minuteOf(opened.toMs) }
  const isOpened = (bin: Bin): boolean =>
    openedMinutes !== null &&
    bin.startMinute < openedMinutes.to &&
    bin.startMinute + bin.minutes > openedMinutes.from
  return (
    <>
      {cursor && (
        <div
          className={styles['cursor']}
          style={{ ...box, left: MARGIN.l + cursor.slot * slot, width: slot }}
        />
      )}
      {timed &&
        model.bins.map((bin, i) =>
          isOpened(bin) ? (
            <div
              key={bin.startMinute}
              className={styles['opened']}
              style={{ ...box, left: MARGIN.l + i * slot, width: slot }}
            />
          ) : null,
        )}
      {unfinished && (
        <div
          className={styles['now']}
          style={{ ...box, left: MARGIN.l + ((nowMinute + 1 - from) / minutes) * plot }}
        >
          <span>now</span>
        </div>
      )}
    </>
  )
}

/** The figures of the bar looked at, in a box above it. */
export function Readout({
  model,
  size,
  slot,
}: {
  model: ChartModel
  size: BoxSize
  slot: number
}): React.ReactNode {
  const heights =
    model.view === 'distribution'
      ? model.distribution.map((bar) => Math.max(bar.observed, bar.expected))
      : model.bins.map((bin) => bin.total)
  const { top } = countScale(Math.max(0, ...heights))
  const middle = slotMiddle(slot, size.width, model.slots)
  const place = {
    left: Math.min(size.width - ROOM_ASIDE, Math.max(ROOM_ASIDE, middle)),
    top: Math.max(ROOM_ABOVE, countTop(heights[slot] ?? 0, top, size.height) - 8),
  }
  return (
    <div className={styles['readout']} style={place} aria-hidden="true">
      {model.view === 'distribution' ? (
        <DistributionFigures model={model} slot={slot} />
      ) : (
        <BinFigures model={model} slot={slot} />
      )}
    </div>
  )
}

function BinFigures({ model, slot }: { model: ChartModel; slot: number }): React.ReactNode {
  const bin = model.bins[slot]
  if (bin === undefined) return null
  const state = stateText(bin.state)
  return (
    <>
      <p className={styles['title']}>
        <b>{binTimeText(bin, model.zone)}</b> {ticketsText(bin.total)}
      </p>
      {model.priorities.map((priority, rank) => (
        <p key={priority.id} className={styles['row']}>
          <PrioritySwatch rank={rank} />
          {priority.name}
          <b>{bin.byPriority[rank] ?? 0}</b>
        </p>
      ))}
      {state !== '' && <p className={styles['note']}>{state}</p>}
    </>
  )
}

function DistributionFigures({ model, slot }: { model: ChartModel; slot: number }): React.ReactNode {
  const bar = model.distribution[slot]
  if (bar === undefined) return null
  return (
    <>
      <p className={styles['title']}>
        <b>{ticketsLabel(bar, model.slots)}</b> {bar.tickets === 1 ? 'ticket' : 'tickets'} in a minute
      </p>
      <p className={styles['row']}>
        minutes seen<b>{bar.observed}</b>
      </p>
      <p className={styles['row']}>
        chance expects<b>{bar.expected.toFixed(1)}</b>
      </p>
    </>
  )
}
