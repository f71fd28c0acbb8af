import type { TicketFilter } from '../../contract/fields.ts'
import type { UsualResult } from '../../contract/alerts/usual.ts'
import { startsOf } from '../series.ts'
import { isEverything } from '../ticket-filter.ts'
import { rangeText } from '../usual/verdict-text.ts'
import type { BarPlaces, BarTime } from './bar-places.ts'

/** What is usual in a bar: nine in ten have `low` to `high` tickets; from `unusualFrom` on it is not chance any more. */
export interface UsualBar {
  readonly low: number
  readonly high: number
  readonly unusualFrom: number
}

/** Of some of the tickets alone what is usual is not known. */
export function hasUsual(filter: TicketFilter = {}): boolean {
  return isEverything(filter)
}

/** What is usual in each bar; null where that is not known, and at all while it is learned. */
export function usualOfBars(
  bars: readonly BarTime[],
  usual: Omit<UsualResult, 'verdict'> | null,
): readonly (UsualBar | null)[] | null {
  if (usual === null || usual.low.length === 0) return null
  const starts = startsOf(usual)
  const places = new Map(starts.map((start, bar) => [start, bar]))
  const found = bars.map(({ startMinute, minutes }) => {
    const bar = places.get(startMinute)
    if (bar === undefined || (starts[bar + 1] ?? usual.toMinute) - startMinute !== minutes) return null
    const [low, high, unusualFrom] = [usual.low[bar], usual.high[bar], usual.unusualFrom[bar]]
    if (low === undefined || high === undefined || unusualFrom === undefined) return null
    return { low, high, unusualFrom }
  })
  return found.some((bar) => bar !== null) ? found : null
}

/** Whether chance has as many tickets in such a bar hardly ever. */
export function isUnusual(
  { total }: { readonly total: number },
  usual: UsualBar | null | undefined,
): boolean {
  return usual ? total >= usual.unusualFrom : false
}

/** `usual 0–2`, `usual 0–2: unusual`; nothing where it is not known. */
export function usualText(bar: { readonly total: number }, usual: UsualBar | null | undefined): string {
  if (!usual) return ''
  return `usual ${rangeText(usual.low, usual.high)}${isUnusual(bar, usual) ? ': unusual' : ''}`
}

/** The band as a path of SVG: one area, in a piece for each run of bars of which it is known. */
export function bandPath(bars: readonly (UsualBar | null)[], { left, top }: BarPlaces): string {
  let path = ''
  for (let from = 0; from < bars.length; from++) {
    if (!bars[from]) continue
    let to = from
    let [above, below] = ['', '']
    for (let bar = bars[to]; bar; bar = bars[++to]) {
      above += `V${top(bar.high)}H${left(to + 1)}`
      below = `V${top(bar.low)}H${left(to)}${below}`
    }
    path += `M${left(from)} ${top(bars[from]?.high ?? 0)}${above}${below}Z`
    from = to
  }
  return path
}

/** Half of a triangle's width, and how far it is above its bar, in pixels. */
const HALF = 4
const ABOVE = 3

/** A triangle over each bar that is unusual, as a path of SVG. */
export function unusualPath(
  bars: readonly { readonly total: number }[],
  usual: readonly (UsualBar | null)[],
  { left, top }: BarPlaces,
): string {
  return bars
    .map((bar, slot) => {
      if (!isUnusual(bar, usual[slot])) return ''
      const x = (left(slot) + left(slot + 1)) / 2
      const y = Math.max(2 * HALF, top(bar.total) - ABOVE)
      return `M${x - HALF} ${y}h${2 * HALF}L${x} ${y - 2 * HALF}Z`
    })
    .join('')
}
