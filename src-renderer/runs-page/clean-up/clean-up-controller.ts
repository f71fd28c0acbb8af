import type { CleanUp, CleanUpPreview } from '../../../src-shared/contract/clean-up.ts'
import { toWireError, type WireError } from '../../../src-shared/errors/app-error.ts'
import { onConnected, type CoreTransport } from '../../client/transport.ts'
import { createStateStore } from '../../state-store.ts'

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

  async function readCurrent(): Promise<void> {
    const { cleanUp: before } = store.get()
    const cleanUp = await client.call('runs.currentCleanUp', {}).catch(() => before)
    // What came meanwhile is newer than the answer.
    if (store.get().cleanUp === before) store.put({ cleanUp })
  }

  async function look(runId: string): Promise<void> {
    const { busy, runId: before } = store.get()
    if (busy !== null && (busy !== 'looking' || before === runId)) return
    store.put({ runId, preview: null, busy: 'looking', failure: null })
    // Another run may be thought of by the time Jira answers.
    const show = (part: Partial<CleanUpState>): void => {
      if (store.get().runId === runId) store.put({ busy: null, ...part })
    }
    try {
      show({ preview: await client.call('runs.cleanUpPreview', { runId }) })
    } catch (error) {
      show({ failure: toWireError(error) })
    }
  }

  async function start({ runId, count }: CleanUpPreview, confirmedSite: string): Promise<void> {
    const before = store.get().cleanUp
    const begun = await client.call('runs.cleanUp', { runId, confirmedSite, count })
    const { cleanUp } = store.get()
    store.put({ runId: null, preview: null, cleanUp: cleanUp === before ? begun : cleanUp })
  }

  async function attempt(busy: NonNullable<CleanUpState['busy']>, work: () => Promise<void>): Promise<void> {
    if (store.get().busy !== null) return
    store.put({ busy, failure: null })
    await work().catch((error: unknown) => store.put({ failure: toWireError(error) }))
    store.put({ busy: null })
  }

  return {
    store,
    /** Listens and asks what is under way, until the returned function is called. */
    open(): () => void {
      const subscriptions = [
        client.on('clean-up.changed', (cleanUp) => store.put({ cleanUp })),
        onConnected(transport, () => void readCurrent()),
      ]
      void readCurrent()
      return () => subscriptions.forEach((unsubscribe) => unsubscribe())
    },
    /** Asks what would be deleted. Deletes nothing. */
    look: (runId: string): void => void look(runId),
    leave: (): void =>
      store.set(({ cleanUp, busy }) => ({ ...none, cleanUp, busy: busy === 'looking' ? null : busy })),
    /** Deletes what was looked at. `siteId`: the site in which the person agreed to it. */
    start(siteId: string): void {
      const { preview } = store.get()
      if (preview !== null) void attempt('starting', () => start(preview, siteId))
    },
    stop: (): void =>
      void attempt('stopping', async () => store.put({ cleanUp: await client.call('runs.stopCleanUp', {}) })),
  }
}

export type CleanUpPanelController = ReturnType<typeof createCleanUpPanelController>
