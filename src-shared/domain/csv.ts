import type { ComparedBar } from './compare/compared-bars.ts'
import { isoInstant } from './minute.ts'
import { markText, type PlacedMark } from './time-marks.ts'
import { wallClock } from './zone-time.ts'

/**
 * A spreadsheet takes a cell that begins so for a formula, and would carry out what somebody wrote into a ticket's title
 * (https://owasp.org/www-community/attacks/CSV_Injection). With an apostrophe before it, it is text; so that nothing is
 * lost, what looks guarded already gets one, too.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/

/** What some program takes for the end of a cell or of a line. */
const NEEDS_QUOTES = /[",;\t\r\n]/

/** Rows of texts as CSV (RFC 4180, lines ended by \n) that may be opened in a spreadsheet. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\n`).join('')
}

/** A bar as CSV has it: `state` in a word. Of one that is not `counted`, all that is known is that it has `atLeast` so many. */
export interface BarRow {
  readonly fromMs: number
  readonly toMs: number
  readonly counts: readonly number[]
  readonly total: number
  readonly counted: boolean
  readonly atLeast: number | null
  readonly state: string
  /** What it is compared with, where it is. */
  readonly compared?: ComparedBar | undefined
  /** What is usual in it: null where that is not known; absent where nothing is known of any bar. */
  readonly usual?:
    | { readonly low: number; readonly high: number; readonly verdict: string }
    | null
    | undefined
  /** What was marked in it. */
  readonly marks?: readonly PlacedMark[] | undefined
  /** What became of alerts in it, and to where that was sent. */
  readonly alerts?: readonly string[] | undefined
}

/**
 * The bars of a chart as CSV, with their times in UTC and on the wall clock of the zone, which the column names; `names` are
 * those of the counts.
 */
export function barsCsv(
  bars: readonly BarRow[],
  { names, zone }: { readonly names: readonly string[]; readonly zone: string },
): string {
  const isCompared = bars.some(({ compared }) => compared !== undefined)
  const hasUsual = bars.some(({ usual }) => usual)
  const isMarked = bars.some(({ marks = [] }) => marks.length > 0)
  const hasAlerts = bars.some(({ alerts = [] }) => alerts.length > 0)
  const head = ['from', 'to', `from in ${zone}`, ...names, 'tickets', 'at least', 'state']
  const rows = bars.map(
    ({ fromMs, toMs, counts, total, counted, atLeast, state, compared, usual, marks, alerts }) => [
      isoInstant(fromMs),
      isoInstant(toMs),
      wallClock(fromMs, zone),
      ...[...counts, total].map((count) => (counted ? String(count) : '')),
      atLeast === null ? '' : String(atLeast),
      state,
      ...(isCompared ? [compared?.state === 'known' ? String(compared.total) : ''] : []),
      ...(hasUsual ? [usual?.low, usual?.high, usual?.verdict].map((part) => String(part ?? '')) : []),
      ...(isMarked ? [(marks ?? []).map(markText).join('; ')] : []),
      ...(hasAlerts ? [(alerts ?? []).join(' | ')] : []),
    ],
  )
  return csvText([
    [
      ...head,
      ...(isCompared ? ['then'] : []),
      ...(hasUsual ? ['usual from', 'usual to', 'verdict'] : []),
      ...(isMarked ? ['marks'] : []),
      ...(hasAlerts ? ['alerts'] : []),
    ],
    ...rows,
  ])
}

function cellText(text: string): string {
  const cell = guarded(text)
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** A text as a cell of a CSV file that may be opened in a spreadsheet. */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** The text that a guarded cell stands for: `unguarded(guarded(text))` is `text`, whatever that is. */
export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell
}
