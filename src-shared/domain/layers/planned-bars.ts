import type { TicketFilter } from '../../contract/fields.ts'
import type { Minute } from '../minute.ts'
import { conditionsOf } from '../ticket-filter.ts'
import type { BarPlaces, BarTime } from './bar-places.ts'

/** What is planned is shown where all of it would be in sight: of some tickets alone nobody knows how many of them are to come. */
export function hasPlan(filter: TicketFilter = {}): boolean {
  return conditionsOf(filter).every(({ field, value }) => field === 'rehearsed' && value === 'yes')
}

/** What is planned for each bar; buckets are in order, each within one bar. Null where none is in any. */
export function plannedOfBars(
  bars: readonly BarTime[],
  planned: readonly { readonly minute: Minute; readonly planned: number }[],
): readonly number[] | null {
  const sums = bars.map(() => 0)
  let bar = 0
  for (const { minute, planned: count } of planned) {
    while ((bars[bar + 1]?.startMinute ?? Infinity) <= minute) bar += 1
    const { startMinute = 0, minutes = 0 } = bars[bar] ?? {}
    if (minute >= startMinute && minute < startMinute + minutes) sums[bar] = (sums[bar] ?? 0) + count
  }
  return sums.some((count) => count > 0) ? sums : null
}

/**
 * The outline of what is planned as paths of SVG, of bars that are here and of those to come: a step for each bar that has
 * something planned, up, along, and down where the next has nothing.
 */
export function plannedPaths(
  bars: readonly { readonly state: string }[],
  planned: readonly number[],
  { left, top }: BarPlaces,
): { readonly behind: string; readonly ahead: string } {
  const paths = { behind: '', ahead: '' }
  for (const [slot, bar] of bars.entries()) {
    const [before, count, after] = [planned[slot - 1] ?? 0, planned[slot] ?? 0, planned[slot + 1] ?? 0]
    if (count === 0) continue
    const side = sideOf(bar)
    const goesOn = before > 0 && sideOf(bars[slot - 1]) === side
    const begin = goesOn ? '' : `M${left(slot)} ${top(before)}`
    const end = after === 0 ? `V${top(0)}` : ''
    paths[side] += `${begin}V${top(count)}H${left(slot + 1)}${end}`
  }
  return paths
}

function sideOf(bar: { readonly state: string } | undefined): 'ahead' | 'behind' {
  return bar?.state === 'future' ? 'ahead' : 'behind'
}
