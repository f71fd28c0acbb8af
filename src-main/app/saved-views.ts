import { randomUUID } from 'node:crypto'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { AddressState, SavedView } from '../../src-shared/contract/views.ts'
import { INTERVALS } from '../../src-shared/domain/interval.ts'
import { nothingDone, type AppError } from '../../src-shared/errors/app-error.ts'
import { publishKept } from '../live/publish-kept.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { keptElsewhere } from '../store/errors.ts'
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
  return keptElsewhere(
    'Views',
    'Do it again when that store is back; a copied link holds the same until then.',
  )
}

interface FollowedViews {
  readonly store: Pick<StoreConnection, 'onCommit'> & ViewStore
  readonly siteId: string
  readonly hub: Pick<EventHub, 'publish'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes the views whenever one was saved or deleted, by whichever process, until the signal's abort. */
export function followViews({ hub, ...parts }: FollowedViews, signal: AbortSignal): void {
  const { store, siteId } = parts
  const read = (): Promise<SavedView[]> => store.views(siteId)
  const publish = (views: SavedView[]): void => hub.publish('views.changed', { views })
  publishKept({ ...parts, kinds: ['views'], name: 'views', read, publish }, signal)
}
