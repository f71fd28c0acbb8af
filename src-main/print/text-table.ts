import { textWidth } from './text-width.ts'

export interface TableColumn<Row> {
  readonly title: string
  /** Numbers stand at the right. */
  readonly right?: boolean
  /** Where not all columns fit, those with the highest number are given up first; absent: never. */
  readonly giveUp?: number
  of(row: Row): string
}

const GAP = '  '

/**
 * Rows under their titles, aligned, and the titles of the columns that did not fit. `columns`: of the terminal; null where
 * the width does not matter.
 */
export function textTable<Row>(
  rows: readonly Row[],
  of: readonly TableColumn<Row>[],
  columns: number | null,
) {
  const all = of.map((column) => ({ column, cells: [column.title, ...rows.map((row) => column.of(row))] }))
  const widths = new Map(all.map(({ column, cells }) => [column, Math.max(...cells.map(textWidth))]))
  const width = (kept: readonly TableColumn<Row>[]): number =>
    kept.reduce((sum, column) => sum + (widths.get(column) ?? 0), (kept.length - 1) * GAP.length)

  let kept = of
  while (width(kept) > (columns ?? Infinity)) {
    const worst = kept
      .filter(({ giveUp }) => giveUp !== undefined)
      .toSorted((a, b) => (b.giveUp ?? 0) - (a.giveUp ?? 0))[0]
    if (worst === undefined) break
    kept = kept.filter((column) => column !== worst)
  }
  const shown = all.filter(({ column }) => kept.includes(column))
  const lines = Array.from({ length: rows.length + 1 }, (_, row) =>
    shown
      .map(({ column, cells }) => {
        const cell = cells[row] ?? ''
        const space = ' '.repeat((widths.get(column) ?? 0) - textWidth(cell))
        return column.right === true ? space + cell : cell + space
      })
      .join(GAP)
      .trimEnd(),
  )
  return { lines, left: of.filter((column) => !kept.includes(column)).map(({ title }) => title) }
}
