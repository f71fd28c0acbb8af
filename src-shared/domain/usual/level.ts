import { MINUTES_PER_DAY, type Minute } from '../minute.ts'
import { usualOf, type Baseline } from './baseline.ts'
import type { RecentCounts } from './windows.ts'

/**
 * What a site stays at that has had more than usual for a day: so many times what is usual, or so many tickets a minute more than
 * that, whichever is more at an hour; as it was measured at a minute.
 */
export interface Level {
  readonly factor: number
  readonly added: number
  readonly minute: Minute
}

/** What is so for as long is the new level; it is measured over as much. */
export const LEVEL_MINUTES = MINUTES_PER_DAY

/** The level of the last day, of as much of it as is known; null where half of it is not, or nothing is usual. */
export function measuredLevel(baseline: Baseline, { endMinute, counts }: RecentCounts): Level | null {
  const from = endMinute - LEVEL_MINUTES
  let [tickets, expected, known] = [0, 0, 0]
  for (let at = from; at < endMinute; at += MEASURED_IN) {
    const first = counts.length - (endMinute - at)
    const part = first < 0 ? [] : counts.slice(first, first + MEASURED_IN)
    if (part.length === 0 || part.includes(null)) continue
    const usual = usualOf(baseline, at, part.length)
    if (usual === 'learning') return null
    tickets += part.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    expected += usual.mean
    known += part.length
  }
  if (known < LEVEL_MINUTES / 2 || expected === 0) return null
  return { factor: tickets / expected, added: (tickets - expected) / known, minute: endMinute - 1 }
}

const MEASURED_IN = 15

/** What is usual at a level. */
export function atLevel(baseline: Baseline, level: Level | null): Baseline {
  if (level === null) return baseline
  const { factor, added } = level
  const cells = baseline.cells.map((cell) => ({
    ...cell,
    rate: Math.max(cell.rate * factor, cell.rate + added),
  }))
  return { ...baseline, cells }
}
