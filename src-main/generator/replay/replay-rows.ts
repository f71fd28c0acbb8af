import { setImmediate as nextTurn } from 'node:timers/promises'
import { plainText } from '../../../src-shared/domain/plain-text.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { csvRecords, separatorOf } from '../../transfer/read-csv.ts'
import { shown } from '../../transfer/source-row.ts'
import { unguarded } from '../../transfer/ticket-lines.ts'

/** A ticket as a file has it: unchecked texts. */
export interface ReplayRow {
  /** Its line in the file, from 1 on. */
  readonly line: number
  readonly created: string
  /** '' where the file does not say. */
  readonly priority: string
}

/** A line where a ticket was expected and none is. */
export interface BadReplayRow {
  readonly line: number
  /** Continues "Line 17: ". */
  readonly reason: string
}

/** Our own export's names, the first program's, and Jira's, by their lower case. */
const CREATED_NAMES = ['created', 'ticket_created_date', 'fields.created']
const PRIORITY_NAMES = ['priorityname', 'priority', 'ticket_severity', 'fields.priority.name']

const LONGEST_NAME = Math.max(...[...CREATED_NAMES, ...PRIORITY_NAMES].map((name) => name.length))

/** Characters. A quote that is not closed would otherwise swallow all that follows. */
const MAX_ROW = 1_048_576
const MAX_COLUMNS = 10_000
/** Characters. A line may be a whole answer of Jira, with all that is in its tickets. */
const MAX_LINE = 67_108_864

/** The tickets of a text that comes in pieces: JSON lines where it begins with a brace, else CSV. Throws `bad-data`. */
export async function* replayRows(
  name: string,
  pieces: AsyncIterable<string>,
): AsyncGenerator<ReplayRow | BadReplayRow> {
  const { start, all } = await begun(pieces)
  if (start === '') throw unreadable(name, 'is empty', 'Check how it was made.')
  if (start.startsWith('[')) {
    throw unreadable(name, 'is one JSON array', 'Make JSON lines of it: jq -c ".[]" FILE > tickets.jsonl')
  }
  yield* start.startsWith('{') ? jsonRows(name, all) : csvRows(name, all, start)
}

/** The first line that says anything, and all of the text. */
async function begun(pieces: AsyncIterable<string>): Promise<{ start: string; all: AsyncIterable<string> }> {
  const iterator = pieces[Symbol.asyncIterator]()
  const read: string[] = []
  let head = ''
  for (;;) {
    const next = await iterator.next()
    if (next.done === true) break
    const piece = head === '' ? next.value.replace(/^\u{FEFF}/u, '') : next.value
    read.push(piece)
    head += piece
    if (hasLine(head) || head.length > MAX_ROW) break
  }
  const all = async function* (): AsyncGenerator<string> {
    for (const piece of read) {
      yield piece
      await nextTurn()
    }
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { start: head.trimStart().split(/[\r\n]/, 1)[0] ?? '', all: all() }
}

/** Whether a line that says something has its end. A regular expression would go back over a long line again and again. */
function hasLine(head: string): boolean {
  const begin = head.search(/\S/)
  return begin !== -1 && (head.includes('\n', begin) || head.includes('\r', begin))
}

async function* jsonRows(
  name: string,
  pieces: AsyncIterable<string>,
): AsyncGenerator<ReplayRow | BadReplayRow> {
  let rest: string[] = []
  let restLength = 0
  let line = 0
  for await (const piece of pieces) {
    const [first = '', ...others] = piece.split('\n')
    rest.push(first)
    restLength += first.length
    if (restLength > MAX_LINE) throw unreadable(name, `has no end to line ${line + 1}`, ONE_A_LINE)
    const last = others.pop()
    if (last === undefined) continue
    for (const text of [rest.join(''), ...others]) yield* rowsOfLine(text, ++line)
    rest = [last]
    restLength = last.length
  }
  yield* rowsOfLine(rest.join(''), line + 1)
}

const ONE_A_LINE = 'JSON lines have one ticket in each line; of an answer of Jira: jq -c ".issues[]" FILE'

function* rowsOfLine(text: string, line: number): Generator<ReplayRow | BadReplayRow> {
  if (text.trim() === '') return
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    yield { line, reason: 'this is not JSON' }
    return
  }
  // A page of a search, as Jira answers it.
  const tickets = isObject(value) && Array.isArray(value['issues']) ? (value['issues'] as unknown[]) : [value]
  for (const ticket of tickets) yield rowOfTicket(ticket, line)
}

function rowOfTicket(ticket: unknown, line: number): ReplayRow | BadReplayRow {
  if (!isObject(ticket)) return { line, reason: 'this is no JSON object' }
  const fields = isObject(ticket['fields']) ? ticket['fields'] : ticket
  const created = firstOf(fields, CREATED_NAMES)
  if (typeof created !== 'string' || created.trim() === '') return { line, reason: 'there is no created' }
  const said = firstOf(fields, PRIORITY_NAMES)
  const priority = isObject(said) ? said['name'] : said
  if (priority === undefined || priority === null) return { line, created, priority: '' }
  if (typeof priority === 'string') return { line, created, priority }
  // A list or an object may go too deep to be written out.
  const given =
    typeof priority === 'number' || typeof priority === 'boolean'
      ? shown(String(priority))
      : 'a list or an object'
  return { line, reason: `the priority is ${given}, and no name` }
}

/** The value of the first of the names that there is, whatever the case. */
function firstOf(fields: Record<string, unknown>, names: readonly string[]): unknown {
  let found: string | undefined
  let place = names.length
  for (const key of Object.keys(fields)) {
    const at = key.length > LONGEST_NAME ? -1 : names.indexOf(key.toLowerCase())
    if (at === -1 || at >= place) continue
    found = key
    place = at
  }
  return found === undefined ? undefined : fields[found]
}

async function* csvRows(
  name: string,
  pieces: AsyncIterable<string>,
  start: string,
): AsyncGenerator<ReplayRow | BadReplayRow> {
  let columns: Columns | null = null
  const delimiter = separatorOf(start)
  const broken = (line: number, error: Error): Error => {
    const problem = `has a quote out of place, or a row of more than 1 MB, near line ${line}`
    return unreadable(name, problem, 'Correct it there: what follows cannot be told apart.', error)
  }
  for await (const { record, line } of csvRecords(
    withFewColumns(name, pieces, delimiter),
    delimiter,
    broken,
  )) {
    if (columns === null) {
      columns = columnsOf(name, record)
      continue
    }
    if (record.length !== columns.count) {
      yield { line, reason: `this has ${record.length} columns, and the first line ${columns.count}` }
      continue
    }
    const created = record[columns.created] ?? ''
    if (created.trim() === '') yield { line, reason: 'there is no created' }
    else yield { line, created, priority: unguarded(record[columns.priority] ?? '') }
  }
}

/** A row of very many columns takes long at once, so the parser is given none. Separators within quotes are counted, too. */
async function* withFewColumns(
  name: string,
  pieces: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<string> {
  let line = 1
  let separators = 0
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at++) {
      const character = piece[at]
      if (character === '\n') line += 1
      if (character === '\n' || character === '\r') separators = 0
      else if (character === delimiter && ++separators >= MAX_COLUMNS) throw tooManyColumns(name, line)
    }
    yield piece
  }
}

function tooManyColumns(name: string, line: number): AppError {
  const problem = `has more than ${MAX_COLUMNS.toLocaleString('en')} columns in line ${line}`
  return unreadable(name, problem, 'Check how it was made, and what separates its columns.')
}

interface Columns {
  readonly count: number
  readonly created: number
  /** -1 where there is none. */
  readonly priority: number
}

function columnsOf(name: string, header: readonly string[]): Columns {
  const names = header.map((column) => column.trim().toLowerCase())
  const indexOf = (known: readonly string[]): number =>
    known.map((column) => names.indexOf(column)).find((index) => index !== -1) ?? -1
  const created = indexOf(CREATED_NAMES)
  if (created !== -1) return { count: header.length, created, priority: indexOf(PRIORITY_NAMES) }
  throw unreadable(
    name,
    'is neither JSON lines nor CSV whose first line names a column created',
    'The first line of a CSV names the columns: created, and priorityName where priorities shall be replayed, too. jira-tpm export writes an example.',
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `problem` continues the file's name. */
export function unreadable(name: string, problem: string, hint: string, cause?: unknown): AppError {
  return new AppError('bad-data', `${plainText(name)} ${problem}.`, {
    consequence: 'It cannot be replayed; nothing was made.',
    hint,
    cause,
  })
}
