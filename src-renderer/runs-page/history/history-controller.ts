import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { toWireError, type WireError } from '../../../src-shared/errors/app-error.ts'
import { onConnected, type CoreTransport } from '../../client/transport.ts'
import { createRefresher, type Refresher } from '../../live/timers.ts'
import { createStateStore, type StateStore } from '../../state-store.ts'

export const emptyHistory: HistoryState = {
  runs: null,
  more: false,
  upToDate: false,
  asking: false,
  failure: null,
}

const PAGE = 30
const MAX_PAGE = 100
/** Between two readings of a run that is being cleaned up. */
const GAP_MS = 500

/** The list of runs, kept fresh while it is open. Nothing here throws: what failed is in the state. */
export function createHistoryController(transport: CoreTransport) {
  const { client } = transport
  const store = createStateStore(emptyHistory)
  /** What came while the list was being read: newer than what it says. */
  let received: RunProgress[] = []
  let reading: Refresher | null = null

  async function read(): Promise<void> {
    received = []
    const asked = reading
    const listed = store.get().runs?.length ?? 0
    await withFailure(store, async () => {
      const page = await client.call('runs.list', { limit: Math.min(MAX_PAGE, Math.max(PAGE, listed)) })
      store.set((state) => received.reduce(withRun, withNewest(state, page)))
    })
    // Where it failed, what is known is all there is. Closed meanwhile, nothing is sure any more.
    if (reading === asked) store.put({ upToDate: true })
  }

  return {
    store,
    /** Listens and reads, until the returned function is called. */
    open(): () => void {
      const all = createRefresher(read, 0)
      const cleaned = createCleanedFeed(client, store)
      reading = all
      const subscriptions = [
        client.on('run.changed', (run) => {
          received.push(run)
          store.set((state) => withRun(state, run))
        }),
        client.on('clean-up.changed', ({ runId }) => cleaned.read(runId)),
        client.on('store.changed', ({ failure }) => {
          if (failure === null) all.request(true)
        }),
        onConnected(transport, () => all.request(true)),
        () => all.stop(),
        () => cleaned.stop(),
        () => {
          reading = null
          store.put({ upToDate: false })
        },
      ]
      all.request(true)
      return () => subscriptions.forEach((unsubscribe) => unsubscribe())
    },
    older: (): void => void readOlder(client, store),
    retry: (): void => reading?.request(true),
  }
}

export type HistoryController = ReturnType<typeof createHistoryController>

async function readOlder(client: Client, store: StateStore<HistoryState>): Promise<void> {
  const { runs, more, asking } = store.get()
  const last = runs?.at(-1)
  if (!more || asking || last === undefined) return
  store.put({ asking: true })
  await withFailure(store, async () => {
    const page = await client.call('runs.list', { limit: PAGE, beforeMs: last.startMs })
    store.set((state) => withOlder(state, page))
  })
  store.put({ asking: false })
}

/** A clean-up changes what is said of its run, and no event of the run's says so. */
function createCleanedFeed(client: Client, store: StateStore<HistoryState>) {
  let cleaned = new Set<string>()
  const refresher = createRefresher(async () => {
    const runIds = [...cleaned]
    cleaned = new Set()
    await withFailure(store, async () => {
      const runs = await Promise.all(runIds.map((runId) => client.call('runs.get', { runId })))
      store.set((state) => runs.reduce(withRun, state))
    })
  }, GAP_MS)
  return {
    read(runId: string): void {
      cleaned.add(runId)
      refresher.request()
    },
    stop: () => refresher.stop(),
  }
}

async function withFailure(store: StateStore<HistoryState>, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => store.put({ failure: toWireError(error) }))
}

/** The runs that the list shows. */
export interface HistoryState {
  /** Newest first; null until the core has answered. */
  readonly runs: readonly RunProgress[] | null
  readonly more: boolean
  /** Whether they were read since the page was opened: newer ones may have come while it was not. */
  readonly upToDate: boolean
  /** Whether the older ones are on their way. */
  readonly asking: boolean
  /** Why they could not be read. What was read before stays. */
  readonly failure: WireError | null
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
