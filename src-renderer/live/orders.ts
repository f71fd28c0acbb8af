import type { Client } from '../../src-shared/contract/client.ts'
import type { ResumeRequest, RunProgress, RunRequest } from '../../src-shared/contract/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { StateStore } from '../state-store.ts'
import { latestRun, type DashboardState, type Notice, type Task } from './dashboard-state.ts'
import type { DashboardController } from './dashboard.ts'
import { hourAt } from './hour.ts'
import { ticketsText } from './number-text.ts'

/** What a person can have done in the core. Each shows what became of it; none throws. */
export interface Orders {
  readonly fetchNow: () => void
  /** `begun` is called once it has; where it was refused, what was asked for is still there to be changed. */
  readonly startRun: (request: RunRequest, begun?: () => void) => void
  readonly pauseRun: () => void
  /** Goes on with a run; with nothing said, the last one keeps its spacing. */
  readonly resumeRun: (request?: ResumeRequest) => void
  readonly stopRun: () => void
  readonly loadSample: () => void
  readonly createTables: () => void
  readonly dropTables: () => void
  /** Goes on with a file on this computer while the store is out of reach. */
  readonly fallBack: () => void
  /** Goes back to the store that is set. */
  readonly goBack: () => void
}

export function createOrders(client: Client, dashboard: DashboardController): Orders {
  const perform = createPerform(dashboard.store)
  return {
    fetchNow: () => void perform('fetch', () => client.call('sync.now', {})),
    ...runOrders(client, dashboard, perform),
    ...dataOrders(client, dashboard, perform),
    ...storeOrders(client, dashboard, perform),
  }
}

type RunOrders = Pick<Orders, 'startRun' | 'pauseRun' | 'resumeRun' | 'stopRun'>

function runOrders(client: Client, dashboard: DashboardController, perform: Perform): RunOrders {
  const { store, followNow } = dashboard
  const show = (run: RunProgress): void =>
    store.set((state) => ({ ...state, run: latestRun(state.run, run) }))
  const start = (request: RunRequest): Promise<RunProgress> => client.call('runs.start', request)
  return {
    startRun: (request, begun) =>
      void perform(
        'start',
        () => start(request),
        (run) => {
          show(run)
          followNow()
          begun?.()
        },
      ),
    pauseRun: () => void perform('pause', () => client.call('runs.pause', {}), show),
    resumeRun: (request = {}) => void perform('resume', () => resume(client, dashboard, request), show),
    stopRun: () => void perform('stop', () => client.call('runs.stop', {}), show),
  }
}

async function resume(
  client: Client,
  dashboard: DashboardController,
  request: ResumeRequest,
): Promise<RunProgress> {
  const { runId, unknown } = request
  const leave = unknown === 'look' && runId !== undefined ? noticeAfterLook(client, dashboard, runId) : null
  try {
    return await client.call('runs.resume', request)
  } catch (error) {
    leave?.()
    throw error
  }
}

/**
 * Whoever has slots looked for that nobody knows of is told where that has brought nothing: the window then looks as it did
 * before.
 */
function noticeAfterLook(
  client: Client,
  { store }: Pick<DashboardController, 'store'>,
  runId: string,
): () => void {
  const leave = client.on('run.changed', (run) => {
    if (run.runId !== runId || run.state === 'running') return
    leave()
    if (run.unknown === 0) return
    const why = run.state === 'stopped' ? null : run.reason
    const hint = why ?? 'Nothing was sent again.'
    const notice = { kind: why === null ? 'done' : 'failed', message: stillUnknown(run), hint } as const
    store.put({ notice })
  })
  return leave
}

function stillUnknown({ unknown }: RunProgress): string {
  return `The outcome of ${ticketsText(unknown)} is still not known.`
}

type DataOrders = Pick<Orders, 'loadSample' | 'createTables' | 'dropTables'>

function dataOrders(
  client: Client,
  { store, showHour, reload }: DashboardController,
  perform: Perform,
): DataOrders {
  return {
    loadSample: () =>
      void perform(
        'sample',
        () => client.call('data.loadSample', {}),
        ({ loaded, fromMs }) => {
          const zone = store.get().session?.zone
          if (zone !== undefined) showHour(hourAt(fromMs, zone))
          return { kind: 'done', message: `${loaded} sample tickets are loaded.`, hint: '' }
        },
      ),
    createTables: () =>
      void perform(
        'create',
        () => client.call('data.createTables', {}),
        () => reload(),
      ),
    dropTables: () =>
      void perform(
        'drop',
        () => client.call('data.dropTables', { confirm: true }),
        () => {
          reload()
          return { kind: 'done', message: 'The fetched tickets and their counts are dropped.', hint: '' }
        },
      ),
  }
}

type StoreOrders = Pick<Orders, 'fallBack' | 'goBack'>

function storeOrders(client: Client, { store }: DashboardController, perform: Perform): StoreOrders {
  const show = (storeStatus: StoreStatus): void => store.put({ storeStatus, knownMinute: null })
  return {
    fallBack: () => void perform('fall-back', () => client.call('store.useFallback', {}), show),
    goBack: () => void perform('go-back', () => client.call('store.usePrimary', {}), show),
  }
}

/**
 * Does what a person asked for: marks it as pending, tells `done` of the answer, and shows a failure with what to do
 * next. Asked again before it is answered, it does nothing.
 */
type Perform = <T>(task: Task, work: () => Promise<T>, done?: (result: T) => Notice | void) => Promise<void>

export function createPerform(store: StateStore<DashboardState>): Perform {
  return async (task, work, done) => {
    if (store.get().pending.includes(task)) return
    store.set((state) => ({ ...state, pending: [...state.pending, task], notice: null }))
    try {
      const result = await work()
      const notice = done?.(result)
      if (notice) store.put({ notice })
    } catch (error) {
      const { message, hint } = toWireError(error)
      store.put({ notice: { kind: 'failed', message, hint } })
    } finally {
      store.set((state) => ({ ...state, pending: state.pending.filter((other) => other !== task) }))
    }
  }
}
