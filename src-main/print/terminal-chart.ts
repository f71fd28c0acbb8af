import {
  chartBars,
  countTicks,
  figures,
  heading,
  minutesOf,
  priorityTotals,
  timeTicks,
  type Bar,
  type Chart,
  type TimeTick,
} from './chart.ts'
import { intervalText } from '../../src-shared/domain/interval.ts'
import { flowText } from './text-width.ts'

interface TerminalOptions {
  readonly width: number
  readonly height?: number
  /** Always takes all of its rows, so that nothing moves when the bars grow. */
  readonly steady?: boolean
  readonly colour?: boolean
  /** Only characters that every terminal and log file can carry. */
  readonly ascii?: boolean
}

const ESCAPE = '\u001B['
const RESET = `${ESCAPE}0m`

/** Of the 256-colour palette: dark vermilion, light amber, then greys for any more. They differ in lightness too. */
const COLOURS = [160, 221, 250, 240]
const SHADES = ['█', '▒', '▞', '╱']
const LETTERS = ['#', '=', '-', '~']
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const LINES = { side: '┤', corner: '└', ground: '─', tick: '┬' }
const ASCII_LINES = { side: '|', corner: '+', ground: '-', tick: '+' }
/** Stands on what is there of a time that was not fetched. */
const UNKNOWN = '?'
/** From so many columns for each bar on, bars of one and of two columns are better than a chart that ends early. */
const MIN_STRETCH = 1.5
const MIN_WIDTH = 20
const LABEL_ROOM = 8
const MAX_ROWS_PER_TICKET = 3

/** Where the rows are taken in any case. */
const MAX_ROWS_STEADY = 5

/** Rows of the bars where a chart fills a screen. */
const MIN_HEIGHT = 2
const MAX_HEIGHT = 16

/**
 * The chart as lines of text: heading, figures, stacked bars over their axes, legend. Bars are as wide as the terminal
 * allows; where there are more bars than columns, neighbours are drawn as one.
 */
export function terminalChart(chart: Chart, options: TerminalOptions): string {
  const { height = 8, steady = false, colour = false, ascii = false } = options
  const width = Math.max(MIN_WIDTH, options.width)
  const style = terminalStyle({ colour, ascii })
  const margin = 1 + String(peakOf(chartBars(chart, Infinity))).length
  const bars = chartBars(chart, width - margin - 2)
  const grid = { bars, columns: columnsFor(bars.length, width - margin - 2), margin, style }
  const rows = barRows(grid, height, steady ? MAX_ROWS_STEADY : MAX_ROWS_PER_TICKET)
  const lines = [
    ...flowText(heading(chart).split(', '), ', ', width),
    ...flowText(figures(chart, bars), style.separator, width),
    '',
    ...(steady ? Array.from({ length: height - rows.length }, () => '') : []),
    ...rows,
    ...timeAxis(grid, timeTicks(bars, chart.zone, Math.floor(grid.columns / LABEL_ROOM))),
    '',
    ...flowText(legend(chart, bars, style), '   ', width),
  ]
  const text = lines.map((line) => line.trimEnd()).join('\n')
  return ascii ? text.replaceAll('–', '-') : text
}

/** The same in at most `lines` lines, all of which it always takes where they are enough. */
export function fittedChart(
  chart: Chart,
  { lines, ...options }: Omit<TerminalOptions, 'height' | 'steady'> & { readonly lines: number },
): string[] {
  const draw = (height: number): string[] =>
    terminalChart(chart, { ...options, height, steady: true }).split('\n')
  const otherLines = draw(MIN_HEIGHT).length - MIN_HEIGHT
  return draw(Math.max(MIN_HEIGHT, Math.min(MAX_HEIGHT, lines - otherLines)))
}

interface Grid {
  readonly bars: readonly Bar[]
  /** Of all bars together: where it is no multiple of their number, some are a column wider than others. */
  readonly columns: number
  readonly margin: number
  readonly style: TerminalStyle
}

/** As many columns as fill the room well: bars of one width, from two columns on; else nearly two for each. */
function columnsFor(bars: number, room: number): number {
  const each = room / Math.max(1, bars)
  return each >= 2 ? Math.min(4, Math.floor(each)) * bars : each >= MIN_STRETCH ? room : bars
}

/** Where a bar begins, in columns. */
function columnOf({ bars, columns }: Pick<Grid, 'bars' | 'columns'>, bar: number): number {
  return Math.floor((bar * columns) / Math.max(1, bars.length))
}

function peakOf(bars: readonly Bar[]): number {
  return bars.reduce((peak, { total }) => Math.max(peak, total), 0)
}

function barRows(grid: Grid, height: number, most: number): string[] {
  const { bars, margin, style } = grid
  const peak = Math.max(1, peakOf(bars))
  // Low counts get whole rows, so that each ticket can be seen; high ones share a row.
  const rowsPerTicket = peak <= height ? Math.min(most, Math.floor(height / peak)) : height / peak
  const rows = Math.ceil(peak * rowsPerTicket)
  const gap = grid.columns >= 2 * bars.length ? 1 : 0
  const labels = new Map(countTicks(peak, 4).map((count) => [Math.round(count * rowsPerTicket), count]))
  return Array.from({ length: rows }, (_, i) => {
    const row = rows - 1 - i
    const cells = bars.map((bar, at) =>
      barCell(bar, row, rowsPerTicket, { barWidth: columnOf(grid, at + 1) - columnOf(grid, at), gap, style }),
    )
    return `${String(labels.get(row + 1) ?? '').padStart(margin)} ${style.dim(style.axis.side)}${cells.join('')}`
  })
}

/** What one bar shows in one row (0 is the lowest): the priority that its middle belongs to. */
function barCell(
  bar: Bar,
  row: number,
  rowsPerTicket: number,
  {
    barWidth,
    gap,
    style,
  }: { readonly barWidth: number; readonly gap: number; readonly style: TerminalStyle },
): string {
  const filled = bar.total * rowsPerTicket - row
  if (filled <= 0) {
    const isMarked = bar.state === 'unknown' && row === Math.ceil(bar.total * rowsPerTicket)
    return (isMarked ? style.dim(UNKNOWN) : ' ') + ' '.repeat(barWidth - 1)
  }
  const priority = priorityAt(bar, (row + Math.min(1, filled) / 2) / rowsPerTicket)
  const eighths = Math.round(filled * 8)
  const cell =
    eighths >= 8
      ? style.cell(priority, bar.provisional)
      : style.partCell(priority, bar.provisional, Math.max(1, eighths))
  return cell.repeat(barWidth - gap) + ' '.repeat(gap)
}

/** Index of the priority that holds the `level`-th ticket of the stack. */
function priorityAt(bar: Bar, level: number): number {
  let below = 0
  const index = bar.counts.findIndex((count) => (below += count) > level)
  return index === -1 ? bar.counts.length - 1 : index
}

function timeAxis(grid: Grid, ticks: readonly TimeTick[]): string[] {
  const { margin, style } = grid
  const marks = Array.from({ length: grid.columns }, () => style.axis.ground)
  let labels = ''
  for (const { bar, label } of ticks) {
    const column = columnOf(grid, bar)
    marks[column] = style.axis.tick
    // Under its tick, but not beyond the end of the axis.
    const last = marks.length + 1 - label.length
    const start = Math.max(0, Math.min(column - Math.floor(label.length / 2) + 1, last))
    if (start > labels.length || labels === '') labels = labels.padEnd(start) + label
  }
  const indent = ' '.repeat(margin + 1)
  return [`${indent}${style.dim(style.axis.corner + marks.join(''))}`, `${indent}${labels}`]
}

function legend(chart: Chart, bars: readonly Bar[], style: TerminalStyle): string[] {
  const entries = priorityTotals(chart).map(
    ({ name, total }, priority) => `${style.cell(priority, false)} ${name} ${total}`,
  )
  const unsettled = bars.some((bar) => bar.provisional) ? [`${style.cell(0, true)} not settled yet`] : []
  const columnMinutes = minutesOf(bars, chart.series)
  const wide =
    columnMinutes > chart.series.bucketMinutes ? [`a column is ${intervalText(columnMinutes)}`] : []
  const unknown = bars.some(({ state }) => state === 'unknown') ? [`${UNKNOWN} not fetched`] : []
  return [...entries, ...unsettled, ...unknown, ...wide]
}

type TerminalStyle = ReturnType<typeof terminalStyle>

/** Plain ASCII where asked; colours only where asked. Without colours the priorities differ by their shade. */
export function terminalStyle({ colour, ascii }: { colour: boolean; ascii: boolean }) {
  const paint = painter(colour)
  const [marks, open] = ascii ? [LETTERS, ':'] : [colour ? ['█'] : SHADES, '░']
  /** A full cell of the bar's n-th priority; settled or not. */
  const cell = (priority: number, provisional: boolean): string =>
    paint(priority, provisional ? open : nth(marks, priority))
  return {
    cell,
    /** A cell of which the lower `eighths` (1–7) are filled. */
    partCell(priority: number, provisional: boolean, eighths: number): string {
      if (colour && !ascii && !provisional) return paint(priority, nth(EIGHTHS, eighths))
      // Shades and letters have no eighths: a part of a cell counts when it is half.
      if (eighths >= 4) return cell(priority, provisional)
      return ascii ? '_' : nth(EIGHTHS, eighths)
    },
    axis: ascii ? ASCII_LINES : LINES,
    separator: ascii ? ', ' : ' · ',
    dim: (text: string) => (colour && !ascii ? `${ESCAPE}2m${text}${RESET}` : text),
  }
}

function painter(colour: boolean): (priority: number, text: string) => string {
  return (priority, text) => (colour ? `${ESCAPE}38;5;${nth(COLOURS, priority)}m${text}${RESET}` : text)
}

function nth<T>(of: readonly T[], index: number): T {
  return of[Math.min(index, of.length - 1)] as T
}
