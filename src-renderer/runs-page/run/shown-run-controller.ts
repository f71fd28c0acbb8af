import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import { toWireError, type WireError } from '../../../src-shared/errors/app-error.ts'
import { onConnected, type CoreTransport } from '../../client/transport.ts'
import { createRefresher, type Refresher } from '../../live/refresher.ts'
import { createStateStore } from '../../state-store.ts'

/** Between two readings while it is being cleaned up. */
const GAP_MS = 500

/** The run that is looked at. */
export interface ShownRunState {
  /** Null while none is. */
  readonly runId: string | null
  /** Null until the core has answered. */
  readonly run: RunProgress | null
  readonly failure: WireError | null
}

const none: ShownRunState = { runId: null, run: null, failure: null }

/** One run, kept fresh while it is open. Nothing here throws: what failed is told by the state. */
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
      // What was told meanwhile is newer than the answer.
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
    /** Looks at another run, which may be known from elsewhere. */
    show(runId: string | null, known?: RunProgress): void {
      if (runId === store.get().runId) return
      store.set(() => ({ ...none, runId, run: known ?? null }))
      reading?.request(true)
    },
    retry: (): void => reading?.request(true),
  }
}

export type ShownRunController = ReturnType<typeof createShownRunController>
