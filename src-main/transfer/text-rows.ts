import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import type { BadRow } from './source-row.ts'

/** Where a row begins (its line, from 1 on), and what is there: the cells of a CSV row, or what a line of JSON says. */
interface TextRow<V> {
  readonly at: number
  readonly value: V
}

/** Makes the error of a text that cannot be read any further. `problem` goes on after its name. */
export type Damaged = (problem: string, hint: string, cause?: unknown) => Error

/** What separates columns, besides the comma: a spreadsheet where that is a decimal point, and many a database. */
const SEPARATORS = [',', ';', '\t']

/** Bytes. A quote that is not closed would otherwise swallow all that follows. */
const MAX_RECORD_BYTES = 1_048_576

/** Characters. A line that is longer is one without an end. */
const MAX_LINE = 16_777_216

/** A text that comes in pieces, and its first line that says anything; '' where there is none. */
interface BegunText {
  readonly firstLine: string
  readonly pieces: AsyncIterable<string>
}

/** Reads as far as the first line, without a mark of UTF-8. Throws what the pieces throw. */
export async function beginText(pieces: AsyncIterable<string>): Promise<BegunText> {
  const iterator = pieces[Symbol.asyncIterator]()
  const read: string[] = []
  let head = ''
  for (;;) {
    const next = await iterator.next()
    if (next.done === true) break
    const piece = head === '' ? next.value.replace(/^\u{FEFF}/u, '') : next.value
    read.push(piece)
    head += piece
    if (hasLine(head) || head.length > MAX_RECORD_BYTES) break
  }
  const all = async function* (): AsyncGenerator<string> {
    for (const piece of read) {
      yield piece
      await nextTurn()
    }
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { firstLine: head.trimStart().split(/[\r\n]/, 1)[0] ?? '', pieces: all() }
}

/** Whether a line that says something has its end. A regular expression would go back over a long line again and again. */
function hasLine(head: string): boolean {
  const begin = head.search(/\S/)
  return begin !== -1 && (head.includes('\n', begin) || head.includes('\r', begin))
}

/** What separates the columns of a text that begins with this line. */
export function separatorOf(firstLine: string): string {
  const counts = SEPARATORS.map((separator) => firstLine.split(separator).length)
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ','
}

interface CsvParts {
  readonly damaged: Damaged
  /** Gets the names of the columns, before the first row. */
  readonly onNames: (names: readonly string[]) => void
}

/**
 * The rows of a CSV whose first line names the columns. Throws what `damaged` makes of a quote out of place, since what
 * follows could be read in more than one way, or of a row that is too long.
 */
export async function* csvRows(
  { firstLine, pieces }: BegunText,
  { damaged, onNames }: CsvParts,
): AsyncGenerator<TextRow<readonly string[]> | BadRow> {
  const parser = parse({
    delimiter: separatorOf(firstLine),
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD_BYTES,
    info: true,
  })
  // What fails there ends the parser, and is received there.
  pipeline(pieces, parser).catch(() => {})
  let columns: number | null = null
  try {
    for await (const parsed of parser) {
      const { record: value, info } = parsed as { record: string[]; info: { lines: number } }
      const at = info.lines - linesWithin(value)
      if (columns === null) {
        columns = value.length
        onNames(value.map((name) => name.trim()))
      } else if (value.length === columns) yield { at, value }
      else yield wrongLength(at, value.length, `the first line ${columns}`)
    }
  } catch (error) {
    throw error instanceof CsvError ? broken(error, damaged) : error
  } finally {
    parser.destroy()
  }
}

function broken(error: CsvError, damaged: Damaged): Error {
  const reason = REASONS[error.code] ?? error.code
  return damaged(
    `has a quote out of place, or a row of more than 1 MB, near line ${Number(error['lines'])}: ${reason}`,
    'Correct it there: what follows cannot be told apart.',
    error,
  )
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote begins in the middle of a text',
  CSV_QUOTE_NOT_CLOSED: 'a quote is never closed',
  CSV_MAX_RECORD_SIZE: 'the row is too long',
}

function linesWithin(record: readonly string[]): number {
  let lines = 0
  for (const cell of record) if (cell.includes('\n')) lines += cell.split('\n').length - 1
  return lines
}

/** `other`: what has another number of columns, and which. */
export function wrongLength(at: number, length: number, other: string): BadRow {
  return { at, reason: `this has ${length} columns, and ${other}` }
}

interface LineParts {
  readonly damaged: Damaged
  /** The longest line, in characters. */
  readonly maxLine?: number
  /** What to do about a longer one. */
  readonly hint?: string
}

/** What each line of JSON says; empty lines are left out. Throws what `damaged` makes of a line without an end. */
export async function* jsonRows(
  pieces: AsyncIterable<string>,
  parts: LineParts,
): AsyncGenerator<TextRow<unknown> | BadRow> {
  let at = 0
  for await (const lines of readLines(pieces, parts)) {
    for (const line of lines) {
      at += 1
      if (line.trim() !== '') yield jsonRow(line, at)
    }
  }
}

function jsonRow(line: string, at: number): TextRow<unknown> | BadRow {
  try {
    return { at, value: JSON.parse(line) as unknown }
  } catch {
    return { at, reason: 'this is not JSON' }
  }
}

/**
 * The lines of a text without their ends, those of a piece at a time, without a wait for each. Throws what `damaged` makes
 * of a line without an end, and what the pieces throw.
 */
export async function* readLines(
  pieces: AsyncIterable<string>,
  { damaged, maxLine = MAX_LINE, hint = 'Check how the file was made.' }: LineParts,
): AsyncGenerator<string[]> {
  let rest = ''
  let line = 1
  for await (const piece of pieces) {
    const lines = piece.split('\n')
    lines[0] = rest + lines[0]
    rest = lines.pop() ?? ''
    line += lines.length
    if (rest.length > maxLine) throw damaged(`has no end to what begins in line ${line}`, hint)
    yield lines.map(withoutReturn)
  }
  if (rest !== '') yield [withoutReturn(rest)]
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
