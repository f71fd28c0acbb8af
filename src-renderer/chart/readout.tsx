import { useView } from '../app/workbench.ts'
import { binTicketsText, binTimeText, heightOf, stateText, type Bin, type ChartModel } from './chart-model.ts'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { MarkIcon } from '../marks/mark-icon.tsx'
import { marksIn } from './chart-text.ts'
import type { DrawnChart } from './chart-marks.tsx'
import { comparedText, type ComparedBar } from '../../src-shared/domain/compare/compared-bars.ts'
import { barsAt, comparedIn, mergedBin, plannedIn } from './brush/cursor.ts'
import { ticketsLabel } from './figures.ts'
import { countScale, countTop, edgeX } from './geometry.ts'
import { ComparedSwatch, PlannedSwatch, StackSwatch } from './legend.tsx'
import styles from './readout.module.css'
import { stackedIn, stackOf, type StackPart } from './stack.ts'
import { usualText } from '../../src-shared/domain/layers/usual-bars.ts'

/** Room that the box needs above a bar, and to either side of its middle, in pixels. */
const ROOM_ABOVE = 96
const ROOM_ASIDE = 92
const MAX_MARKS = 3
/** More for each row beyond two. */
const ROW_PX = 18

/** The figures of the bars looked at, in a box above them; of several bars their sums. */
export function Readout({ chart: { model, edges, size } }: { chart: DrawnChart }): React.ReactNode {
  const cursor = useView((state) => state.cursor)
  const isBehind = useView((state) => state.listedCount !== null || state.marking)
  const bars = cursor && barsAt(model, cursor)
  if (bars === null || isBehind) return null
  const isOfTime = model.view !== 'distribution'
  const heights = isOfTime
    ? model.bins.map(heightOf)
    : model.distribution.map((bar) => Math.max(bar.observed, bar.expected))
  const { top } = countScale(isOfTime ? model.most : Math.max(0, ...heights))
  const highest = Math.max(0, ...heights.slice(bars.first, bars.last + 1))
  const middle = (edgeX(bars.first, size.width, edges) + edgeX(bars.last + 1, size.width, edges)) / 2
  const bin = mergedBin(model, bars)
  const rows = bin === null ? 0 : rowsOf(model, bin).length
  const place = {
    left: Math.min(size.width - ROOM_ASIDE, Math.max(ROOM_ASIDE, middle)),
    top: Math.max(ROOM_ABOVE + ROW_PX * Math.max(0, rows - 2), countTop(highest, top, size.height) - 8),
  }
  return (
    <div className={styles['readout']} style={place} aria-hidden="true">
      {model.view === 'distribution' ? (
        <DistributionFigures model={model} slot={bars.first} />
      ) : (
        bin && (
          <BinFigures
            model={model}
            bin={bin}
            planned={plannedIn(model, bars)}
            then={comparedIn(model, bars)}
            usual={bars.first === bars.last ? usualText(bin, model.usual?.[bars.first]) : ''}
            marks={marksIn(model, bars)}
          />
        )
      )}
    </div>
  )
}

interface BinFiguresProps {
  readonly model: ChartModel
  readonly bin: Bin
  readonly planned: number
  readonly then: ComparedBar | null
  readonly usual: string
  readonly marks: readonly TimeMark[]
}

function BinFigures({ model, bin, planned, then, usual, marks }: BinFiguresProps): React.ReactNode {
  const state = stateText(bin.state)
  return (
    <>
      <p className={styles['title']}>
        <b>{binTimeText(bin, model)}</b> {binTicketsText(bin)}
      </p>
      {rowsOf(model, bin).map(({ part, count }) => (
        <p key={part.id} className={styles['row']}>
          <StackSwatch colour={part.colour} />
          <span className={styles['name']}>{part.name}</span>
          <b>{count}</b>
        </p>
      ))}
      {planned > 0 && (
        <p className={styles['row']}>
          <PlannedSwatch />
          planned<b>{planned}</b>
        </p>
      )}
      {then && (
        <p className={styles['row']}>
          <ComparedSwatch />
          then<b>{comparedText(then)}</b>
        </p>
      )}
      {usual !== '' && <p className={styles['note']}>{usual}</p>}
      {state !== '' && <p className={styles['note']}>{state}</p>}
      {marks.slice(0, MAX_MARKS).map((mark) => (
        <p key={mark.id} className={styles['marked']}>
          <MarkIcon kind={mark.kind} />
          {mark.text}
        </p>
      ))}
      {marks.length > MAX_MARKS && <p className={styles['note']}>and {marks.length - MAX_MARKS} more</p>}
    </>
  )
}

/** Each priority; of a split those parts that there are. */
function rowsOf(model: ChartModel, bin: Bin): { readonly part: StackPart; readonly count: number }[] {
  const counts = stackedIn(bin)
  return stackOf(model)
    .map((part, place) => ({ part, count: counts[place] ?? 0 }))
    .filter(({ count }) => model.split === null || count > 0)
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
