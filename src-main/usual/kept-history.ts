import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MINUTES_PER_DAY, type Minute } from '../../src-shared/domain/minute.ts'
import type { Baseline, History } from '../../src-shared/domain/usual/baseline.ts'
import { CELL_MS, MINUTES_PER_CELL, type UsualCell } from '../store/count-cells.ts'
import type { CountsScope } from '../store/store.ts'
import type { UsualChanges, UsualHistory } from '../store/usual/usual-counts.ts'

const CELLS_PER_DAY = MINUTES_PER_DAY / MINUTES_PER_CELL
/** Of one history: those of the last hours, and of the past that a replay goes through. */
const MAX_BASELINES = 48

/** What a baseline is made of besides the tickets. */
interface LearnedFrom {
  /** The hour up to which is learned. */
  readonly learnedTo: Minute
  /** Spans that nothing is learned from. */
  readonly leftOut: readonly TimeSpan[]
  readonly zone: string
}

interface Kept {
  readonly learnedTo: Minute
  readonly made: Promise<Baseline>
}

export type KeptHistory = ReturnType<typeof keepHistory>

/** The five-minute sums of a scope from a day (UTC) on, kept up to date, and the baselines that were made of them. */
export function keepHistory(scope: CountsScope, firstMinute: Minute, read: UsualHistory) {
  const cells = createCells(firstMinute / MINUTES_PER_CELL, read)
  const baselines = new Map<string, Kept>()
  let { seq } = read

  /** What was learned from a cell, or a later one, is made anew. */
  const forgetFrom = (cell: number): void => {
    for (const [name, { learnedTo }] of baselines)
      if (learnedTo > cell * MINUTES_PER_CELL) baselines.delete(name)
  }

  return {
    firstMinute,
    /** See `UsualHistory`. */
    isSummed: read.isSummed,
    /** It shows at least this commit. */
    seq: (): number => seq,

    /** Takes the present cells of the five minutes that changed, of all that is watched. */
    take({ fiveMinutes, cells: present, seq: next }: UsualChanges): void {
      seq = Math.max(seq, next)
      const mine = present.filter((cell) => isOf(scope, cell))
      for (const changed of fiveMinutes) {
        const from = cells.take(
          changed,
          mine.filter((cell) => cell.fiveMinutes === changed),
        )
        if (from !== null) forgetFrom(from)
      }
    },

    /** What `make` makes of it, once as long as what it is made of does not change. */
    baseline(from: LearnedFrom, make: (history: History) => Promise<Baseline>): Promise<Baseline> {
      const name = JSON.stringify(from)
      const there = baselines.get(name)
      if (there !== undefined) return there.made
      const made = make({
        startMinute: firstMinute,
        stepMinutes: MINUTES_PER_CELL,
        counts: cells.learned(from),
      })
      const [oldest] = baselines.keys()
      if (baselines.size >= MAX_BASELINES && oldest !== undefined) baselines.delete(oldest)
      const kept = { learnedTo: from.learnedTo, made }
      baselines.set(name, kept)
      made.catch(() => baselines.get(name) === kept && baselines.delete(name))
      return made
    },
  }
}

/** The cells of a scope from one on. */
function createCells(first: number, read: UsualHistory) {
  const counts: number[] = []
  /** Tickets that were imported, or are the sample's, by cell: nothing is learned from their days. */
  const others = new Map<number, number>()
  let { goesBack } = read

  const set = (cell: number, count: number, other: number): void => {
    while (counts.length <= cell - first) counts.push(0)
    counts[cell - first] = count
    if (other > 0) others.set(cell, other)
    else others.delete(cell)
  }
  for (const { fiveMinutes, count, others: other } of read.cells)
    set(fiveMinutes, (counts[fiveMinutes - first] ?? 0) + count, (others.get(fiveMinutes) ?? 0) + other)

  return {
    /** Takes all that a cell has now. The cell from which on something else is learned; null where nothing is. */
    take(cell: number, here: readonly UsualCell[]): number | null {
      const other = here.reduce((sum, one) => sum + one.others, 0)
      const count = here.reduce((sum, one) => sum + one.count, 0)
      if (cell < first) {
        if (goesBack || count + other === 0) return null
        goesBack = true
        return first
      }
      const otherBefore = others.get(cell) ?? 0
      if (count === (counts[cell - first] ?? 0) && other === otherBefore) return null
      set(cell, count, other)
      return other === otherBefore ? cell : dayStart(cell)
    },

    learned({ learnedTo, leftOut }: LearnedFrom): (number | null)[] {
      if (!read.isSummed) return []
      const length = Math.max(0, learnedTo / MINUTES_PER_CELL - first)
      const all = Array.from<unknown, number | null>({ length }, (_, at) => counts[at] ?? 0)
      const leave = (from: number, to: number): void =>
        void all.fill(null, Math.max(0, from - first), Math.max(0, to - first))
      // Nobody knows whether there was a Jira to count before its first ticket; where none is there yet, at all.
      const firstTicket = counts.findIndex((count) => count > 0)
      if (!goesBack) leave(first, first + (firstTicket === -1 ? length : firstTicket))
      for (const cell of others.keys()) leave(dayStart(cell), dayStart(cell) + CELLS_PER_DAY)
      for (const { fromMs, toMs } of leftOut) leave(Math.floor(fromMs / CELL_MS), Math.ceil(toMs / CELL_MS))
      return all
    },
  }
}

function isOf({ projectKey, priorityIds }: CountsScope, cell: UsualCell): boolean {
  return (projectKey === null || cell.projectKey === projectKey) && priorityIds.includes(cell.priorityId)
}

function dayStart(cell: number): number {
  return Math.floor(cell / CELLS_PER_DAY) * CELLS_PER_DAY
}
