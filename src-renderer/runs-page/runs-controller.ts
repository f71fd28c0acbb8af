import { createContext, useContext, useEffect } from 'react'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import { emptyRunsPage, useView, useWorkbench } from '../app/workbench.ts'
import { onConnected, type CoreTransport } from '../client/transport.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { createRefresher, type Refresher } from '../live/timers.ts'
import { createStateStore, useStore } from '../state-store.ts'
import { createAuditPanelController, type AuditState } from './audit/audit.ts'
import { createCleanUpPanelController, type CleanUpState } from './clean-up/clean-up.ts'
import { createHistoryController, type HistoryState } from './history/history-controller.ts'

/** The run that is looked at. */
export interface ShownRunState {
  /** Null while none is. */
  readonly runId: string | null
  /** Null until the core has answered. */
  readonly run: RunProgress | null
  readonly failure: WireError | null
}

/** Between two readings while it is being cleaned up. */
const GAP_MS = 500

const none: ShownRunState = { runId: null, run: null, failure: null }

/** One run, kept fresh while it is open. Nothing here throws: what failed is in the state. */
export function createShownRunController(transport: CoreTransport) {
  const { client } = transport
  const store = createStateStore(none)
  let reading: Refresher | null = null

  async function read(): Promise<void> {
    const before = store.get()
    const { runId } = before
    if (runId === null) return
    const put = (part: Partial<ShownRunState>): void =>
      store.set((state) => (state.runId === runId ? { ...state, ...part } : state))
    try {
      const run = await client.call('runs.get', { runId })
      // What came meanwhile is newer than the answer.
      put({ failure: null, ...(store.get().run === before.run && { run }) })
    } catch (error) {
      put({ failure: toWireError(error) })
    }
  }

  return {
    store,
    /** Listens and reads, until the returned function is called. */
    open(): () => void {
      const all = createRefresher(read, GAP_MS)
      reading = all
      const subscriptions = [
        client.on('run.changed', (run) => {
          store.set((state) => (state.runId === run.runId ? { ...state, run } : state))
        }),
        client.on('clean-up.changed', ({ runId }) => {
          if (runId === store.get().runId) all.request()
        }),
        client.on('store.changed', ({ failure }) => {
          if (failure === null) all.request(true)
        }),
        onConnected(transport, () => all.request(true)),
        () => all.stop(),
      ]
      all.request(true)
      return () => subscriptions.forEach((unsubscribe) => unsubscribe())
    },
    /** Looks at another run, which may not be in the list. */
    show(runId: string | null, known?: RunProgress): void {
      if (runId === store.get().runId) return
      store.set(() => ({ ...none, runId, run: known ?? null }))
      reading?.request(true)
    },
    retry: (): void => reading?.request(true),
  }
}

/** `now` is the machine's epoch ms. */
export function createRunsController(transport: CoreTransport, now: () => number) {
  const controller = {
    history: createHistoryController(transport),
    run: createShownRunController(transport),
    audit: createAuditPanelController(transport.client, now),
    cleanUp: createCleanUpPanelController(transport),
  }
  return {
    ...controller,
    /** Opens all of them, until the returned function is called. */
    open(): () => void {
      const close = [controller.history, controller.run, controller.audit, controller.cleanUp].map((part) =>
        part.open(),
      )
      return () => close.forEach((each) => each())
    },
  }
}

export type RunsController = ReturnType<typeof createRunsController>

export const RunsControllerContext = createContext<RunsController | null>(null)

export function useRunsController(): RunsController {
  const controller = useContext(RunsControllerContext)
  if (controller === null) throw new Error('A part of the Runs page stands outside it.')
  return controller
}

export function useHistory<S>(select: (state: HistoryState) => S): S {
  return useStore(useRunsController().history.store, select)
}

export function useShownRun<S>(select: (state: ShownRunState) => S): S {
  return useStore(useRunsController().run.store, select)
}

export function useAudits<S>(select: (state: AuditState) => S): S {
  return useStore(useRunsController().audit.store, select)
}

export function useCleanUp<S>(select: (state: CleanUpState) => S): S {
  return useStore(useRunsController().cleanUp.store, select)
}

/** What the page shows, and the ways to something else. */
export function useRunsPlace() {
  const { view } = useWorkbench()
  const { runId, span } = useView((state) => state.runsPage)
  return {
    runId,
    span,
    showRun: (other: string): void => view.put({ runsPage: { ...emptyRunsPage, runId: other } }),
    showSpan: (other: TimeSpan): void => view.put({ runsPage: { ...emptyRunsPage, span: other } }),
  }
}

/** Looks at what the view says: where that names nothing, at the newest run. */
export function useShownRunFollowing(): void {
  const { run } = useRunsController()
  const { runId, span, showRun } = useRunsPlace()
  const newest = useHistory(({ upToDate, runs }) => (upToDate ? runs?.[0]?.runId : null) ?? null)
  const known = useHistory((state) => state.runs?.find((each) => each.runId === runId))
  useEffect(() => {
    if (runId === null && span === null && newest !== null) showRun(newest)
  })
  useEffect(() => {
    // Until the newest is known, the one that was shown stays.
    if (runId !== null || span !== null) run.show(runId, known)
  })
}

/** Does what the person came for, once. */
export function useAsked(): void {
  const { view } = useWorkbench()
  const { audit, cleanUp } = useRunsController()
  const { runId, span, ask } = useView((state) => state.runsPage)
  useEffect(() => {
    const target = span === null ? runId !== null && { runId } : { span }
    if (!target) return
    // Who comes to a span came for its audit. One that was made already is not made again unasked.
    if (ask === 'audit' || (span !== null && !audit.has({ span }))) audit.check(target)
    if (ask === 'clean-up' && runId !== null) cleanUp.look(runId)
    if (ask !== null) view.set((state) => ({ ...state, runsPage: { ...state.runsPage, ask: null } }))
  }, [audit, cleanUp, view, ask, runId, span])
}
