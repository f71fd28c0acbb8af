import { textWidth } from '../../src-main/print/text-width.ts'

/** A terminal as a person sees it, made of what is written to it: enough of a VT100 for what we and clack write. */
export type TestScreen = ReturnType<typeof createTestScreen>

const SEQUENCE = new RegExp(`^${String.fromCodePoint(27)}\\[([?\\d;]*)([A-Za-z])`)

export function createTestScreen(size: { columns: number; rows: number }) {
  let { columns, rows } = size
  /** A row that goes on in the next was wrapped by the terminal, not ended by a line feed. */
  let grid: { cells: string[]; goesOn: boolean }[] = [emptyRow()]
  let row = 0
  let column = 0
  let rest = ''

  const lineFeed = (): void => {
    row++
    column = 0
    if (row === grid.length) grid.push(emptyRow())
  }
  const endLine = (): void => {
    const ended = grid[row]
    if (ended !== undefined) ended.goesOn = false
    lineFeed()
  }
  const top = (): number => Math.max(0, grid.length - rows)
  const put = (character: string): void => {
    const width = textWidth(character)
    if (width === 0) return
    if (column + width > columns) {
      const wrapped = grid[row]
      if (wrapped !== undefined) wrapped.goesOn = true
      lineFeed()
    }
    const cells = grid[row]?.cells ?? []
    while (cells.length < column) cells.push(' ')
    cells[column] = character
    if (width === 2) cells[column + 1] = ''
    column += width
  }
  const control = (parameters: string, letter: string): void => {
    if (parameters.startsWith('?')) return
    const n = Number(parameters.split(';')[0] || 0)
    const cells = grid[row]?.cells
    if (letter === 'A') row = Math.max(top(), row - Math.max(1, n))
    else if (letter === 'B') row = Math.min(grid.length - 1, row + Math.max(1, n))
    else if (letter === 'C') column = Math.min(columns - 1, column + Math.max(1, n))
    else if (letter === 'D') column = Math.max(0, column - Math.max(1, n))
    else if (letter === 'G') column = Math.max(1, n) - 1
    else if (letter === 'K' && n === 0) cells?.splice(column)
    else if (letter === 'K') cells?.splice(0)
    else if (letter === 'J' && n === 0) {
      cells?.splice(column)
      grid.splice(row + 1)
    } else if (letter !== 'm' && letter !== 'h' && letter !== 'l') {
      throw new Error(`the test's terminal does not know ESC [ ${parameters} ${letter}`)
    }
  }
  const write = (text: string): void => {
    rest += text
    while (rest !== '') {
      const sequence = SEQUENCE.exec(rest)
      if (sequence !== null) {
        control(sequence[1] ?? '', sequence[2] ?? '')
        rest = rest.slice(sequence[0].length)
        continue
      }
      if (rest.startsWith('\u001B') && rest.length < 12) return // not whole yet
      const [character = ''] = rest
      rest = rest.slice(character.length)
      if (character === '\n') endLine()
      else if (character === '\r') column = 0
      else if (character === '\b') column = Math.max(0, column - 1)
      else if (character >= ' ') put(character)
    }
  }
  return {
    get columns() {
      return columns
    },
    get rows() {
      return rows
    },
    write,
    /** The rows from top to bottom, without the spaces at their ends. */
    lines: () => grid.slice(top()).map(rowText),
    /** All of them as one text, the empty ones at its end left out. */
    text: () => grid.slice(top()).map(rowText).join('\n').trimEnd(),
    /** What was scrolled out at the top, and then the rows. */
    all: () => grid.map(rowText).join('\n').trimEnd(),
    /** As a terminal that wraps its lines anew when its width changes. */
    resize(next: { columns: number; rows: number }) {
      const lines: string[] = []
      let isBegun = false
      for (const each of grid) {
        const text = each.goesOn ? each.cells.join('') : rowText(each)
        if (isBegun) lines[lines.length - 1] += text
        else lines.push(text)
        isBegun = each.goesOn
      }
      ;({ columns, rows } = next)
      grid = [emptyRow()]
      row = 0
      column = 0
      write(lines.join('\n'))
    },
  }
}

function rowText({ cells }: { cells: string[] }): string {
  return cells.join('').trimEnd()
}

function emptyRow(): { cells: string[]; goesOn: boolean } {
  return { cells: [], goesOn: false }
}
