import type { Client } from '../../../src-shared/contract/client.ts'
import type { CleanUp, CleanUpPreview } from '../../../src-shared/contract/clean-up.ts'
import { toWireError, type WireError } from '../../../src-shared/errors/app-error.ts'
import { onConnected, type CoreTransport } from '../../client/transport.ts'
import { createStateStore, type StateStore } from '../../state-store.ts'

export interface CleanUpState {
  /** The run that a person thinks of cleaning up; null while it is none. */
  readonly runId: string | null
  /** What would be deleted of it; null until Jira has answered, and once it has begun. */
  readonly preview: CleanUpPreview | null
  /** The clean-up under way, else the last one; of whichever run. */
  readonly cleanUp: CleanUp | null
  readonly busy: 'looking' | 'starting' | 'stopping' | null
  /** Why what was asked for did not happen. */
  readonly failure: WireError | null
}

const none: CleanUpState = { runId: null, preview: null, cleanUp: null, busy: null, failure: null }

/** Where a person has what a run made deleted from Jira. Nothing here throws: what failed is in the state. */
export function createCleanUpPanelController(transport: CoreTransport) {
  const { client } = transport
  const store = createStateStore(none)
  const { put } = store

  async function readCurrent(): Promise<void> {
    const { cleanUp: before } = store.get()
    const cleanUp = await client.call('runs.currentCleanUp', {}).catch(() => before)
    // What came meanwhile is newer than the answer.
    if (store.get().cleanUp === before) put({ cleanUp })
  }

  return {
    store,
    /** Listens and asks what is under way, until the returned function is called. */
    open(): () => void {
      const subscriptions = [
        client.on('clean-up.changed', (cleanUp) => put({ cleanUp })),
        onConnected(transport, () => void readCurrent()),
      ]
      void readCurrent()
      return () => subscriptions.forEach((unsubscribe) => unsubscribe())
    },
    look: (runId: string): void => void look(client, store, runId),
    leave: (): void =>
      store.set(({ cleanUp, busy }) => ({ ...none, cleanUp, busy: busy === 'looking' ? null : busy })),
    /** Deletes what was looked at. `siteId`: the site in which the person agreed to it. */
    start: (siteId: string): void => void start(client, store, siteId),
    stop: (): void =>
      void attempt(store, 'stopping', async () =>
        put({ cleanUp: await client.call('runs.stopCleanUp', {}) }),
      ),
  }
}

export type CleanUpPanelController = ReturnType<typeof createCleanUpPanelController>

async function look(client: Client, store: StateStore<CleanUpState>, runId: string): Promise<void> {
  const { busy, runId: before } = store.get()
  if (busy !== null && (busy !== 'looking' || before === runId)) return
  store.put({ runId, preview: null, busy: 'looking', failure: null })
  // Another run may be thought of by the time Jira answers.
  const put = (part: Partial<CleanUpState>): void =>
    store.set((state) => (state.runId === runId ? { ...state, busy: null, ...part } : state))
  try {
    put({ preview: await client.call('runs.cleanUpPreview', { runId }) })
  } catch (error) {
    put({ failure: toWireError(error) })
  }
}

async function start(client: Client, store: StateStore<CleanUpState>, siteId: string): Promise<void> {
  const { preview } = store.get()
  if (preview === null) return
  await attempt(store, 'starting', async () => {
    const { runId, count } = preview
    const before = store.get().cleanUp
    const begun = await client.call('runs.cleanUp', { runId, confirmedSite: siteId, count })
    store.set((state) => ({
      ...state,
      runId: null,
      preview: null,
      cleanUp: state.cleanUp === before ? begun : state.cleanUp,
    }))
  })
}

async function attempt(
  store: StateStore<CleanUpState>,
  busy: NonNullable<CleanUpState['busy']>,
  work: () => Promise<void>,
): Promise<void> {
  if (store.get().busy !== null) return
  store.put({ busy, failure: null })
  try {
    await work()
  } catch (error) {
    store.put({ failure: toWireError(error) })
  }
  store.put({ busy: null })
}
