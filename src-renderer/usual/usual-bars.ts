import type { UsualResult } from '../../src-shared/contract/alerts/usual.ts'
import { startsOf } from '../../src-shared/domain/series.ts'
import { rangeText } from '../../src-shared/domain/usual/verdict-text.ts'
import type { Bin } from '../chart/chart-model.ts'

/** What is usual in a bar: nine in ten have `low` to `high` tickets; from `unusualFrom` on it is not chance any more. */
export interface UsualBar {
  readonly low: number
  readonly high: number
  readonly unusualFrom: number
}

/** What is usual in each bin; null where that is not known, and at all while it is learned. */
export function usualOfBins(
  bins: readonly Bin[],
  usual: UsualResult | null,
): readonly (UsualBar | null)[] | null {
  if (usual === null || usual.low.length === 0) return null
  const starts = startsOf(usual)
  const places = new Map(starts.map((start, bar) => [start, bar]))
  const found = bins.map(({ startMinute, minutes }) => {
    const bar = places.get(startMinute)
    if (bar === undefined || (starts[bar + 1] ?? usual.toMinute) - startMinute !== minutes) return null
    const [low, high, unusualFrom] = [usual.low[bar], usual.high[bar], usual.unusualFrom[bar]]
    if (low === undefined || high === undefined || unusualFrom === undefined) return null
    return { low, high, unusualFrom }
  })
  return found.some((bar) => bar !== null) ? found : null
}

/** Whether chance has as many tickets in such a bar hardly ever. */
export function isUnusual({ total }: Bin, usual: UsualBar | null | undefined): boolean {
  return usual ? total >= usual.unusualFrom : false
}

/** `usual 0–2`, `usual 0–2: unusual`; nothing where it is not known. */
export function usualText(bin: Bin, usual: UsualBar | null | undefined): string {
  if (!usual) return ''
  return `usual ${rangeText(usual.low, usual.high)}${isUnusual(bin, usual) ? ': unusual' : ''}`
}
