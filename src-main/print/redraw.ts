import type { Writable } from 'node:stream'
import { cutText, textWidth } from './text-width.ts'

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

const ESCAPE = '\u001B['
/** Between these two a terminal that knows them shows nothing: the new picture appears at once, whole. */
const HOLD = `${ESCAPE}?2026h`
const SHOW = `${ESCAPE}?2026l`
const CLEAR_REST_OF_LINE = `${ESCAPE}K`
const CLEAR_BELOW = `${ESCAPE}J`

/**
 * Lines at the end of a terminal's text that are drawn anew in place. `size` is asked at each drawing. A terminal that
 * became narrower has wrapped the lines that are on it; as many rows as they take now are written over.
 */
export function createRedrawn(output: Pick<Writable, 'write'>, size: () => ScreenSize) {
  let shown: readonly string[] = []
  let shownAt: ScreenSize | null = null

  const backToTop = (): string => {
    const { columns } = size()
    const rows = shown.reduce((sum, line) => sum + rowsOf(line, columns), 0)
    return rows === 0 ? '\r' : `\r${ESCAPE}${rows}A`
  }
  return {
    /** Draws over what was there. Each line is cut at the terminal's edge, and the last ones at its lower end. */
    draw(lines: readonly string[]): void {
      const { columns, rows } = size()
      const now = { columns, rows } // the size itself may be one object that changes
      // One row stays free for the cursor, and one column: some terminals wrap at the last.
      const fitting = lines.slice(0, Math.max(1, now.rows - 1)).map((line) => cutText(line, now.columns - 1))
      if (isSame(fitting, shown) && isSameSize(now, shownAt)) return
      const text = fitting.map((line) => `${line}${CLEAR_REST_OF_LINE}\n`).join('')
      output.write(`${HOLD}${backToTop()}${text}${CLEAR_BELOW}${SHOW}`)
      shown = fitting
      shownAt = now
    },
    /** Takes them away: what is written next stands in their place. */
    clear(): void {
      if (shown.length > 0) output.write(`${HOLD}${backToTop()}${CLEAR_BELOW}${SHOW}`)
      shown = []
    },
    /** Leaves them standing; what is written next comes below them. */
    end(): void {
      shown = []
    },
  }
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(textWidth(line) / Math.max(1, columns)))
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i])
}

function isSameSize(a: ScreenSize, b: ScreenSize | null): boolean {
  return a.columns === b?.columns && a.rows === b.rows
}
