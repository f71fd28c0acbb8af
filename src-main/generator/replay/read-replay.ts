import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_REPLAY, type Replay } from '../../../src-shared/contract/runs/runs.ts'
import { plainText } from '../../../src-shared/domain/text/plain-text.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { isBad, shown, type BadRow } from '../../transfer/source-row.ts'
import { parseStamp } from '../../transfer/stamp.ts'
import { beginText, csvRows, jsonRows, separatorOf, type Damaged } from '../../transfer/text-rows.ts'
import { unguarded } from '../../../src-shared/domain/csv.ts'

/** Characters, and rows, that are gone through without letting the event loop go on: a few milliseconds. */
const PIECE_LENGTH = 8_192
const ROW_BATCH_SIZE = 250
const MAX_NAME_LENGTH = 255
const MAX_PRIORITIES = 100
/** How many lines that are no tickets are listed, the first few of them with what is wrong. */
const BAD_ROWS_NAMED = 100
const BAD_ROWS_EXPLAINED = 5
/** With this many it is no file of tickets, and the rest is not read. */
const MAX_BAD_ROWS = 10_000

/** Our own export's names, the first program's, and Jira's, by their lower case. */
const CREATED_NAMES = ['created', 'ticket_created_date', 'fields.created']
const PRIORITY_NAMES = ['priorityname', 'priority', 'ticket_severity', 'fields.priority.name']

const LONGEST_NAME = Math.max(...[...CREATED_NAMES, ...PRIORITY_NAMES].map((name) => name.length))

const NO_CREATED = 'there is no created'
const MAX_COLUMNS = 10_000
/** Characters. A line may be a whole answer of Jira, with all that is in its tickets. */
const MAX_LINE = 67_108_864

/**
 * Reads arrivals out of a text: CSV or JSON lines, as our export and the first program's table have them, or Jira's own
 * issues. They may be in any order. Throws `bad-data` with the lines that are no tickets, and where there are none or
 * more than `MAX_REPLAY`.
 */
export function readReplay({
  name,
  text,
}: {
  readonly name: string
  readonly text: string
}): Promise<Replay> {
  return collectReplay(name, inPieces(text))
}

/** As `readReplay`, of a text of any length that comes in pieces. Only what is needed of it is kept. */
export async function collectReplay(name: string, pieces: AsyncIterable<string>): Promise<Replay> {
  const arrivals: Arrival[] = []
  const priorities = new Map<string, number>()
  const bad: BadRow[] = []
  let badRows = 0
  let rows = 0
  for await (const row of replayRows(name, pieces)) {
    if (++rows % ROW_BATCH_SIZE === 0) await nextTurn()
    const read = arrivalOf(row, priorities)
    if (isBad(read)) {
      badRows += 1
      if (bad.length < BAD_ROWS_NAMED) bad.push(read)
      if (badRows === MAX_BAD_ROWS) break
    } else arrivals.push(read)
    if (arrivals.length > MAX_REPLAY) throw tooMany(name)
    if (priorities.size > MAX_PRIORITIES) throw tooManyPriorities(name)
  }
  if (badRows > 0) throw badRowsError(name, bad, badRows)
  if (arrivals.length === 0) throw unreadable(name, 'holds no ticket', 'Check how it was made.')
  return replayOf(name, arrivals, [...priorities.keys()])
}

interface Arrival {
  readonly createdMs: number
  /** -1 where the file does not say. */
  readonly priority: number
}

function arrivalOf(row: ReplayRow | BadRow, priorities: Map<string, number>): Arrival | BadRow {
  if (isBad(row)) return row
  const { at } = row
  const created = row.created.trim()
  if (created === '') return { at, reason: NO_CREATED }
  // Only the time between arrivals counts; where the file names no zone, it is the same for all of them.
  const stamp = parseStamp(created, 'UTC')
  if (stamp === null) return { at, reason: `created is ${shown(created)}, which is no date and time` }
  const name = row.priority.trim()
  if (name.length > MAX_NAME_LENGTH)
    return { at, reason: `the priority ${shown(name)} is too long for a name` }
  if (name === '') return { createdMs: stamp.epochMs, priority: -1 }
  const priority = priorities.get(name) ?? priorities.size
  priorities.set(name, priority)
  return { createdMs: stamp.epochMs, priority }
}

function replayOf(name: string, arrivals: readonly Arrival[], priorities: string[]): Replay {
  const inOrder = arrivals.toSorted((a, b) => a.createdMs - b.createdMs)
  const firstMs = inOrder[0]?.createdMs ?? 0
  return {
    name: plainText(name).slice(0, MAX_NAME_LENGTH),
    offsetsMs: inOrder.map(({ createdMs }) => createdMs - firstMs),
    priorities,
    priorityOf: inOrder.map(({ priority }) => priority),
  }
}

function badRowsError(name: string, bad: readonly BadRow[], count: number): Error {
  const reasons = bad.slice(0, BAD_ROWS_EXPLAINED).map(({ at, reason }) => `Line ${at}: ${reason}.`)
  const others = bad.slice(BAD_ROWS_EXPLAINED).map(({ at }) => at)
  const rest = count > bad.length ? ` and ${count - bad.length} more` : ''
  const named = others.length === 0 ? [] : [`As bad: line ${others.join(', ')}${rest}.`]
  const many = count === MAX_BAD_ROWS ? `${MAX_BAD_ROWS.toLocaleString('en')} or more` : String(count)
  const problem = count === 1 ? 'has a line that is no ticket' : `has ${many} lines that are no tickets`
  return unreadable(name, problem, [...reasons, ...named, 'Correct them or take them out.'].join(' '))
}

function tooMany(name: string): Error {
  const most = MAX_REPLAY.toLocaleString('en')
  return unreadable(
    name,
    `has more than ${most} tickets`,
    'Take a part of it: the tickets of a day or of an hour.',
  )
}

function tooManyPriorities(name: string): Error {
  return unreadable(
    name,
    `has more than ${MAX_PRIORITIES} different priorities`,
    'Check that its priorities are names, as High.',
  )
}

/** Other work gets its turn between two of them. */
async function* inPieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += PIECE_LENGTH) {
    if (at > 0) await nextTurn()
    yield text.slice(at, at + PIECE_LENGTH)
  }
}

/** A ticket as a file has it: its line, and unchecked texts. */
interface ReplayRow {
  readonly at: number
  readonly created: string
  /** '' where the file does not say. */
  readonly priority: string
}

/** The tickets of a text that comes in pieces: JSON lines where it begins with a brace, else CSV. Throws `bad-data`. */
async function* replayRows(name: string, pieces: AsyncIterable<string>): AsyncGenerator<ReplayRow | BadRow> {
  const text = await beginText(pieces)
  const damaged: Damaged = (...problem) => unreadable(name, ...problem)
  if (text.firstLine === '') throw damaged('is empty', 'Check how it was made.')
  if (text.firstLine.startsWith('[')) {
    throw damaged('is one JSON array', 'Make JSON lines of it: jq -c ".[]" FILE > tickets.jsonl')
  }
  if (text.firstLine.startsWith('{')) {
    const lines = { damaged, maxLine: MAX_LINE, hint: ONE_A_LINE }
    for await (const row of jsonRows(text.pieces, lines))
      yield* isBad(row) ? [row] : ticketsOf(row.value, row.at)
    return
  }
  let columns: readonly [created: number, priority: number] = [-1, -1]
  const few = withFewColumns(text.pieces, separatorOf(text.firstLine), damaged)
  const onNames = (names: readonly string[]): void => void (columns = columnsOf(names, damaged))
  for await (const row of csvRows({ ...text, pieces: few }, { damaged, onNames })) {
    if (isBad(row)) yield row
    else {
      const [created = '', priority = ''] = columns.map((column) => row.value[column])
      yield { at: row.at, created, priority: unguarded(priority) }
    }
  }
}

const ONE_A_LINE = 'JSON lines have one ticket in each line; of an answer of Jira: jq -c ".issues[]" FILE'

/** Of a line: one ticket, or those of a page of a search, as Jira answers it. */
function ticketsOf(value: unknown, at: number): (ReplayRow | BadRow)[] {
  const tickets = isObject(value) && Array.isArray(value['issues']) ? (value['issues'] as unknown[]) : [value]
  return tickets.map((ticket) => rowOfTicket(ticket, at))
}

function rowOfTicket(ticket: unknown, at: number): ReplayRow | BadRow {
  if (!isObject(ticket)) return { at, reason: 'this is no JSON object' }
  const fields = isObject(ticket['fields']) ? ticket['fields'] : ticket
  const created = firstOf(fields, CREATED_NAMES)
  if (typeof created !== 'string' || created.trim() === '') return { at, reason: NO_CREATED }
  const said = firstOf(fields, PRIORITY_NAMES)
  const priority = isObject(said) ? said['name'] : said
  if (priority === undefined || priority === null) return { at, created, priority: '' }
  if (typeof priority === 'string') return { at, created, priority }
  // A list or an object may go too deep to be written out.
  const given =
    typeof priority === 'number' || typeof priority === 'boolean'
      ? shown(String(priority))
      : 'a list or an object'
  return { at, reason: `the priority is ${given}, and no name` }
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

/** A row of very many columns takes long at once, so the parser is given none. Separators within quotes are counted, too. */
async function* withFewColumns(
  pieces: AsyncIterable<string>,
  delimiter: string,
  damaged: Damaged,
): AsyncGenerator<string> {
  const most = MAX_COLUMNS.toLocaleString('en')
  let line = 1
  let separators = 0
  for await (const piece of pieces) {
    for (const character of piece) {
      if (character === '\n') line += 1
      if (character === '\n' || character === '\r') separators = 0
      else if (character === delimiter && ++separators >= MAX_COLUMNS) {
        throw damaged(
          `has more than ${most} columns in line ${line}`,
          'Check how it was made, and what separates its columns.',
        )
      }
    }
    yield piece
  }
}

/** Where the two columns are; -1 where there is none of a priority. */
function columnsOf(names: readonly string[], damaged: Damaged): readonly [created: number, priority: number] {
  const lower = names.map((name) => name.toLowerCase())
  const indexOf = (known: readonly string[]): number =>
    known.map((name) => lower.indexOf(name)).find((index) => index !== -1) ?? -1
  const created = indexOf(CREATED_NAMES)
  if (created !== -1) return [created, indexOf(PRIORITY_NAMES)]
  throw damaged(
    'is neither JSON lines nor CSV whose first line names a column created',
    'The first line of a CSV names the columns: created, and priorityName where priorities shall be replayed, too. jira-tpm export writes an example.',
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `problem` continues the file's name. */
function unreadable(name: string, problem: string, hint: string, cause?: unknown): AppError {
  return new AppError('bad-data', `${plainText(name)} ${problem}.`, {
    consequence: 'It cannot be replayed; nothing was made.',
    hint,
    cause,
  })
}
