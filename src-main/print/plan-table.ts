import type { Minute } from '../../src-shared/domain/minute.ts'
import { wallMinute } from './wall-clock.ts'

const MINUTES_PER_ROW = 10

/**
 * How many tickets each minute of a plan gets, by the wall clock of a zone: ten minutes a row and the sum of each, with a
 * point for none. `counts[i]` belongs to `fromMinute + i`.
 */
export function planTable(
  { fromMinute, counts }: { readonly fromMinute: Minute; readonly counts: readonly number[] },
  { zone, dim }: { readonly zone: string; readonly dim: (text: string) => string },
): string[] {
  const before = wallMinute(fromMinute, zone).minuteOfDay % MINUTES_PER_ROW
  const cells = [...Array.from({ length: before }, () => null), ...counts]
  const rows = Array.from({ length: Math.ceil(cells.length / MINUTES_PER_ROW) }, (_, row) =>
    cells.slice(row * MINUTES_PER_ROW, (row + 1) * MINUTES_PER_ROW),
  )
  const sums = rows.map((row) => row.reduce<number>((sum, count) => sum + (count ?? 0), 0))
  const width = 2 + Math.max(...counts.map((count) => String(count).length))
  const sumWidth = 3 + Math.max(...sums.map((sum) => String(sum).length), 'in all'.length)
  const heads = Array.from({ length: MINUTES_PER_ROW }, (_, index) => `:${index}`.padStart(width))
  const head = dim(`${' '.repeat(CLOCK_WIDTH)}${heads.join('')}${'in all'.padStart(sumWidth)}`)
  const lines = rows.map((row, index) => {
    const start = wallMinute(fromMinute - before + index * MINUTES_PER_ROW, zone)
    const texts = Array.from({ length: MINUTES_PER_ROW }, (_, at) => cell(row[at] ?? null, width, dim))
    const sum = String(sums[index] ?? 0).padStart(sumWidth)
    return `${dim(start.clock.padStart(CLOCK_WIDTH))}${texts.join('')}${sum}`
  })
  return [head, ...lines]
}

const CLOCK_WIDTH = 7

/** Null is a minute that the run does not have. */
function cell(count: number | null, width: number, dim: (text: string) => string): string {
  if (count === null) return ' '.repeat(width)
  return count === 0 ? dim('·'.padStart(width)) : String(count).padStart(width)
}
