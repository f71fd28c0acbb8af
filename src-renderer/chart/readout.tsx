import { binTimeWords, stateWords, ticketsWords } from './bin-words.ts'
import type { ChartModel } from './chart-model.ts'
import { ticketsLabel } from './distribution-figure.ts'
import { countTop, slotMiddle, type Size } from './geometry.ts'
import { PrioritySwatch } from './priority-swatch.tsx'
import { countScale } from './scale.ts'
import styles from './readout.module.css'

/** Room that the box needs above a bar, and to either side of its middle, in pixels. */
const NEEDS_ABOVE = 96
const NEEDS_BESIDE = 92

/** The figures of the bar looked at, in a box above it. */
export function Readout({
  model,
  size,
  slot,
}: {
  model: ChartModel
  size: Size
  slot: number
}): React.ReactNode {
  const heights =
    model.view === 'distribution'
      ? model.distribution.map((bar) => Math.max(bar.observed, bar.expected))
      : model.bins.map((bin) => bin.total)
  const { top } = countScale(Math.max(0, ...heights))
  const middle = slotMiddle(slot, size.width, model.slots)
  const place = {
    left: Math.min(size.width - NEEDS_BESIDE, Math.max(NEEDS_BESIDE, middle)),
    top: Math.max(NEEDS_ABOVE, countTop(heights[slot] ?? 0, top, size.height) - 8),
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
  const state = stateWords(bin.state)
  return (
    <>
      <p className={styles['title']}>
        <b>{binTimeWords(bin, model.zone)}</b> {ticketsWords(bin.total)}
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
