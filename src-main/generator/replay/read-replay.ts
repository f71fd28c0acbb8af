import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_REPLAY, type Replay } from '../../../src-shared/contract/runs.ts'
import { plainText } from '../../../src-shared/domain/plain-text.ts'
import { shown } from '../../transfer/source-row.ts'
import { parseStamp } from '../../transfer/stamp.ts'
import { replayRows, unreadable, type BadReplayRow, type ReplayRow } from './replay-rows.ts'

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
  const bad: BadReplayRow[] = []
  let badRows = 0
  let rows = 0
  for await (const row of replayRows(name, pieces)) {
    if (++rows % ROW_BATCH_SIZE === 0) await nextTurn()
    const read = arrivalOf(row, priorities)
    if ('reason' in read) {
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

function arrivalOf(row: ReplayRow | BadReplayRow, priorities: Map<string, number>): Arrival | BadReplayRow {
  if ('reason' in row) return row
  const { line } = row
  const created = row.created.trim()
  // Only the time between arrivals counts; where the file names no zone, it is the same for all of them.
  const stamp = parseStamp(created, 'UTC')
  if (stamp === null) return { line, reason: `created is ${shown(created)}, which is no date and time` }
  const name = row.priority.trim()
  if (name.length > MAX_NAME_LENGTH)
    return { line, reason: `the priority ${shown(name)} is too long for a name` }
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

function badRowsError(name: string, bad: readonly BadReplayRow[], count: number): Error {
  const reasons = bad.slice(0, BAD_ROWS_EXPLAINED).map(({ line, reason }) => `Line ${line}: ${reason}.`)
  const others = bad.slice(BAD_ROWS_EXPLAINED).map(({ line }) => line)
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
