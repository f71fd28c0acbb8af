import type { CleanUp, CleanUpPreview } from '../../../src-shared/contract/runs/clean-up.ts'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { toWireError, type WireError } from '../../../src-shared/errors/app-error.ts'
import { onConnected, type CoreTransport } from '../../client/transport.ts'
import { countText, numberText, ticketsText } from '../../live/text.ts'
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

  async function readCurrent(): Promise<void> {
    const { cleanUp: before } = store.get()
    const cleanUp = await client.call('runs.currentCleanUp', {}).catch(() => before)
    // What came meanwhile is newer than the answer.
    if (store.get().cleanUp === before) store.put({ cleanUp })
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
    look: (runId: string): void => void readPreview(client, store, runId),
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

async function readPreview(client: Client, store: StateStore<CleanUpState>, runId: string): Promise<void> {
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

/** Whether it makes sense to think of cleaning up a run: it has ended, and made what is not deleted yet. */
export function canCleanUp({ state, created, unknown, removed }: RunProgress): boolean {
  return state !== 'running' && state !== 'paused' && created + unknown > removed
}

/** What would be deleted, and where: `98 tickets would be deleted from acme.atlassian.net.` */
export function previewText({ count, gone }: CleanUpPreview, site: Session['site']): string {
  const where = site.kind === 'sandbox' ? 'the sandbox' : site.label
  const would = count === 0 ? 'Nothing would be deleted' : `${ticketsText(count)} would be deleted`
  const isGone = gone === 1 ? 'is not there any more' : 'are not there any more'
  const rest = gone === 0 ? '' : ` ${ticketsText(gone)} of this run ${isGone}.`
  return `${would} from ${where}.${rest}`
}

/** What a deletion means, for tickets and people. */
export function meaningText(site: Session['site']): string {
  const undone = 'Deleted tickets cannot be brought back. This run, its plan and its seed stay in the store.'
  return site.kind === 'sandbox'
    ? undone
    : `This is a real Jira: they go for everyone, with comments and attachments that people added. ${undone}`
}

/** How far a clean-up is, or how it ended. */
export function progressText({ state, deleted, total, kept }: CleanUp): string {
  if (state === 'running') return `${numberText(deleted)} of ${ticketsText(total)} deleted`
  const stayed = kept.length === 0 ? '' : ` ${keptText(kept.length)}`
  const left = total - deleted - kept.length
  if (state === 'done') return `${ticketsText(deleted)} deleted.${stayed}`
  const rest = left > 0 ? ` ${countText(left, 'is', 'are')} left.` : ''
  return `Stopped: ${numberText(deleted)} of ${ticketsText(total)} deleted.${rest}${stayed}`
}

/** `3 tickets stayed.` */
function keptText(count: number): string {
  return `${ticketsText(count)} stayed.`
}

/** Whether what was typed is the number of tickets: `1,204` or `1204`. */
export function isCount(typed: string, count: number): boolean {
  const digits = typed.replaceAll(/[\s,.’']/g, '')
  return digits !== '' && digits === String(count)
}
