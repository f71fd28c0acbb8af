import type { RunProgress } from '../../../src-shared/contract/models.ts'
import type { WireError } from '../../../src-shared/errors/app-error.ts'

/** The runs that the list shows. */
export interface HistoryState {
  /** Newest first; null until the core has answered. */
  readonly runs: readonly RunProgress[] | null
  /** Whether there are older ones than the last of them. */
  readonly more: boolean
  /** Whether they were read since the page was opened: newer ones may have come while it was not. */
  readonly upToDate: boolean
  /** Whether the older ones are on their way. */
  readonly asking: boolean
  /** Why they could not be read. What was read before stays. */
  readonly failure: WireError | null
}

export const emptyHistory: HistoryState = {
  runs: null,
  more: false,
  upToDate: false,
  asking: false,
  failure: null,
}

interface Page {
  readonly runs: readonly RunProgress[]
  readonly more: boolean
}

/** The newest runs were read anew: older ones that were listed below them stay. */
export function withNewest(state: HistoryState, page: Page): HistoryState {
  const older = page.more ? olderThan(page.runs, state.runs ?? []) : []
  return {
    ...state,
    runs: [...page.runs, ...older],
    more: older.length === 0 ? page.more : state.more,
    failure: null,
  }
}

/** The next older runs were read. */
export function withOlder(state: HistoryState, page: Page): HistoryState {
  const known = state.runs ?? []
  const ids = new Set(known.map(({ runId }) => runId))
  return {
    ...state,
    runs: [...known, ...page.runs.filter(({ runId }) => !ids.has(runId))],
    more: page.more,
    failure: null,
  }
}

/** A run is another than it was. One that is not listed is new, unless it is older than all that are. */
export function withRun(state: HistoryState, run: RunProgress): HistoryState {
  const { runs, more } = state
  if (runs === null) return state
  if (runs.some(({ runId }) => runId === run.runId)) {
    return { ...state, runs: runs.map((known) => (known.runId === run.runId ? run : known)) }
  }
  const at = runs.findIndex(({ startMs }) => startMs <= run.startMs)
  if (at === -1 && more) return state
  return { ...state, runs: runs.toSpliced(at === -1 ? runs.length : at, 0, run) }
}

function olderThan(page: readonly RunProgress[], known: readonly RunProgress[]): readonly RunProgress[] {
  const ids = new Set(page.map(({ runId }) => runId))
  const lastMs = page.at(-1)?.startMs ?? 0
  return known.filter(({ runId, startMs }) => startMs <= lastMs && !ids.has(runId))
}
