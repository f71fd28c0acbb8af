import type { Client } from '../../src-shared/contract/client.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import type { ResumeRequest, RunProgress, RunRequest } from '../../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { failureOf, toWireError } from '../../src-shared/errors/app-error.ts'
import { reasonText } from '../../src-shared/domain/run/run-reason.ts'
import type { StateStore } from '../state-store.ts'
import { latestRun, type DashboardState, type Notice, type Task } from './dashboard-state.ts'
import type { DashboardController } from './dashboard.ts'
import { hourSpan } from './calendar.ts'
import { ticketsText } from './text.ts'

/** What a person can have done in the core. Each shows what became of it; none throws. */
export function createOrders(client: Client, dashboard: DashboardController) {
  const { store, reload } = dashboard
  const perform = createPerform(store)
  const showRun = (run: RunProgress): void => store.put({ run: latestRun(store.get().run, run) })
  const showStore = (storeStatus: StoreStatus): void => store.put({ storeStatus, knownMinute: null })
  return {
    fetchNow: (): void => void perform('fetch', async () => void (await client.call('sync.now', {}))),
    /** `begun` is called once it has; where it was refused, what was asked for is still there to be changed. */
    startRun: (request: RunRequest, begun?: () => void): void =>
      void perform('start', async () => {
        showRun(await client.call('runs.start', request))
        dashboard.followNow()
        begun?.()
      }),
    pauseRun: (): void => void perform('pause', async () => showRun(await client.call('runs.pause', {}))),
    /** Goes on with a run; with nothing said, the last one keeps its spacing. */
    resumeRun: (request: ResumeRequest = {}): void =>
      void perform('resume', async () => showRun(await resume(client, store, request))),
    /** Ends a run, with none named the one under way. */
    stopRun: (request: Params<'runs.stop'> = {}): void =>
      void perform('stop', async () => showRun(await client.call('runs.stop', request))),
    loadSample: (): void =>
      void perform('sample', async () => {
        const { loaded, fromMs } = await client.call('data.loadSample', {})
        const zone = store.get().session?.zone
        if (zone !== undefined) dashboard.showSpan(hourSpan(fromMs, zone))
        return { kind: 'done', message: `${loaded} sample tickets are loaded.`, hint: '' }
      }),
    createTables: (): void =>
      void perform('create', async () => {
        await client.call('data.createTables', {})
        reload()
      }),
    dropTables: (): void =>
      void perform('drop', async () => {
        await client.call('data.dropTables', { confirm: true })
        reload()
        return { kind: 'done', message: 'The fetched tickets and their counts are dropped.', hint: '' }
      }),
    /** Goes on with a file on this computer while the store is out of reach. */
    fallBack: (): void =>
      void perform('fall-back', async () => showStore(await client.call('store.useFallback', {}))),
    goBack: (): void =>
      void perform('go-back', async () => showStore(await client.call('store.usePrimary', {}))),
  }
}

export type Orders = ReturnType<typeof createOrders>

async function resume(
  client: Client,
  store: StateStore<DashboardState>,
  request: ResumeRequest,
): Promise<RunProgress> {
  const { runId, unknown } = request
  const leave = unknown === 'look' && runId !== undefined ? noticeAfterLook(client, store, runId) : null
  try {
    return await client.call('runs.resume', request)
  } catch (error) {
    leave?.()
    throw error
  }
}

/** Says so where a search for slots whose outcome is not known has found nothing: the window then looks as it did before. */
function noticeAfterLook(client: Client, store: StateStore<DashboardState>, runId: string): () => void {
  const leave = client.on('run.changed', (run) => {
    if (run.runId !== runId || run.state === 'running') return
    leave()
    if (run.unknown === 0) return
    const why = run.state === 'stopped' ? null : reasonText(run)
    const message = `The outcome of ${ticketsText(run.unknown)} is still not known.`
    const hint = why ?? 'Nothing was sent again.'
    store.put({ notice: { kind: why === null ? 'done' : 'failed', message, hint } })
  })
  return leave
}

/**
 * Does what a person asked for: marks it as pending, shows what `work` has to say of its end, or a failure with what to
 * do next. Asked again before it is answered, it does nothing.
 */
export function createPerform(store: StateStore<DashboardState>) {
  return async (task: Task, work: () => Promise<Notice | void>): Promise<void> => {
    if (store.get().pending.includes(task)) return
    store.set((state) => ({ ...state, pending: [...state.pending, task], notice: null }))
    try {
      const notice = await work()
      if (notice) store.put({ notice })
    } catch (error) {
      const { message, hint } = failureOf(toWireError(error))
      store.put({ notice: { kind: 'failed', message, hint } })
    } finally {
      store.set((state) => ({ ...state, pending: state.pending.filter((other) => other !== task) }))
    }
  }
}
