import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { AddressState, SavedView } from '../../src-shared/contract/views.ts'
import { INTERVALS } from '../../src-shared/domain/interval.ts'
import { nothingDone, type AppError } from '../../src-shared/errors/app-error.ts'
import { paced } from '../runtime/async.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { StoreConnection, ViewStore } from '../store/store.ts'
import type { EngineHandlers } from './engine.ts'

interface SavedViewParts {
  readonly store: ViewStore
  readonly siteId: string
  readonly zone: string
  readonly time: SiteTime
  /** Whether the store stands in for the one that is set, which has the views. */
  readonly isFallback: boolean
}

/** Saves and deletes views. */
export function createSavedViews({ store, siteId, zone, time, isFallback }: SavedViewParts) {
  return {
    'views.save': async ({ name: typed, state, seen }) => {
      if (isFallback) throw isKeptElsewhere()
      const name = typed.trim().normalize()
      if (name === '') throw nothingDone('usage', 'The view has no name.', 'Type one.')
      await checkState(state, { nowMs: time.now(), zone })
      const view = { name, state, revision: randomUUID(), createdMs: time.now() }
      return store.saveView(siteId, view, seen ?? null)
    },
    'views.delete': async ({ name, seen }) => {
      if (isFallback) throw isKeptElsewhere()
      return { deleted: await store.deleteView(siteId, name, seen) }
    },
  } satisfies Partial<EngineHandlers>
}

/** What this version knows of it; the rest is kept as it is. Throws `usage`. */
async function checkState(
  { from, to, interval }: AddressState,
  clock: { readonly nowMs: number; readonly zone: string },
): Promise<void> {
  if ((from === undefined) !== (to === undefined)) throw wrongState('The span of this view has one end only.')
  if (from !== undefined && to !== undefined) {
    const { resolveSpan } = await import('../../src-shared/domain/span.ts')
    resolveSpan({ from, to }, clock)
  }
  if (interval !== undefined && !INTERVALS.some((minutes) => String(minutes) === interval)) {
    throw wrongState(`The bars of this view are ${interval} minutes long, which none are.`)
  }
}

function wrongState(what: string): AppError {
  return nothingDone('usage', what, 'Save it from the dashboard, as it is shown.')
}

function isKeptElsewhere(): AppError {
  return nothingDone(
    'store-unavailable',
    'Views are kept in the store that is set, and a file on this computer stands in for it now.',
    'Do it again when that store is back; a copied link holds the same until then.',
  )
}

/** A change is published at once, several in quick succession a second later: a file tells of each commit, of any kind. */
const PACE = { burst: 1, everyMs: 1_000 }

interface FollowedViews {
  readonly store: Pick<StoreConnection, 'onCommit'> & ViewStore
  readonly siteId: string
  readonly hub: Pick<EventHub, 'publish'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes the views whenever one was saved or deleted, by whichever process, until the signal's abort. */
export function followViews({ store, siteId, hub, log }: FollowedViews, signal: AbortSignal): void {
  let published: readonly SavedView[] | null = null
  const look = async (): Promise<void> => {
    const views = await store.views(siteId)
    if (signal.aborted || isDeepStrictEqual(views, published)) return
    published = views
    hub.publish('views.changed', { views })
  }
  // Why the store cannot be read is in the store's own status.
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err }, 'no look at the views')),
    PACE,
    signal,
  )
  signal.addEventListener('abort', store.onCommit(siteId, ['views'], lookSoon), { once: true })
  lookSoon()
}
