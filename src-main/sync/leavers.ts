import type { LeaveReason } from '../../src-shared/domain/ticket.ts'
import type { Removal } from '../store/store.ts'
import { notForUs } from './believed-jira.ts'
import type { Fetching } from './fetch-parts.ts'
import { isWatched } from './scope.ts'
import { removalOf } from './store-page.ts'

/** So many tickets are read and stored at once. */
const LOOKUP_BATCH_SIZE = 500

export interface ToReconcile {
  readonly ids: readonly string[]
  /** The site's clock (epoch ms): when those that are gone were missed. */
  readonly atMs: number
  /** Tickets that should be there: an answer with none of them is not believed. One or another may be gone, too. */
  readonly controlIds?: readonly string[]
}

/** What became of them; `removed`: how many of them counted until then. */
export type Reconciled = Readonly<Record<LeaveReason | 'present' | 'removed', number>>

const NONE: Reconciled = { present: 0, lowered: 0, moved: 0, deleted: 0, hidden: 0, removed: 0 }

/**
 * Asks Jira for tickets by their ids, past its search index, and stores what they are: watched, lowered, moved to
 * another project (with the new key), hidden with their project, or deleted. Throws where the answer is not to be
 * believed; then nothing more of it is stored.
 */
export async function reconcileByIds(
  fetching: Fetching,
  { ids, ...rest }: ToReconcile,
  signal: AbortSignal,
): Promise<Reconciled> {
  let reconciled = NONE
  for (let from = 0; from < ids.length; from += LOOKUP_BATCH_SIZE) {
    const some = await reconcileSome(
      fetching,
      { ids: ids.slice(from, from + LOOKUP_BATCH_SIZE), ...rest },
      signal,
    )
    reconciled = sum(reconciled, some)
  }
  return reconciled
}

async function reconcileSome(
  fetching: Fetching,
  { ids, atMs, controlIds = [] }: ToReconcile,
  signal: AbortSignal,
): Promise<Reconciled> {
  const { siteId, scope, scopeName, epoch, jira, store } = fetching
  const answer = await jira.byIds([...ids, ...controlIds], signal)
  const asked = new Set(ids)
  const found = answer.filter(({ id }) => asked.has(id))
  const foundIds = new Set(found.map(({ id }) => id))
  const isBelieved = controlIds.length === 0 || answer.some(({ id }) => controlIds.includes(id))
  const goneIds = ids.filter((id) => !foundIds.has(id))
  const gone = goneIds.length === 0 ? [] : await whyGone(fetching, { goneIds, isBelieved, atMs }, signal)

  const present = found.filter((ticket) => isWatched(scope, ticket))
  const others = found.filter((ticket) => !isWatched(scope, ticket)).map((ticket) => removalOf(scope, ticket))
  const removals = [...others, ...gone]
  const { removed } = await store.applyPage({
    siteId,
    scope: scopeName,
    epoch,
    seenAtMs: atMs,
    byId: true,
    tickets: present,
    removals,
    watermarkMs: null,
  })
  return removals.reduce((reconciled, { reason }) => sum(reconciled, { ...NONE, [reason]: 1 }), {
    ...NONE,
    present: present.length,
    removed,
  })
}

/** Jira shows nothing of these tickets: those that count have been deleted, or their project is hidden from us. */
async function whyGone(
  { siteId, jira, store, identity }: Fetching,
  { goneIds, isBelieved, atMs }: { goneIds: readonly string[]; isBelieved: boolean; atMs: number },
  signal: AbortSignal,
): Promise<Removal[]> {
  const counted = await store.countedTickets(siteId, goneIds)
  if (counted.length === 0) return []
  await identity.proveAgain(signal)
  if (!isBelieved) throw notForUs()
  const visible = new Set((await jira.projects(signal)).map(({ key }) => key))
  return counted.map(({ id, projectKey }) => ({
    id,
    reason: visible.has(projectKey) ? 'deleted' : 'hidden',
    atMs,
  }))
}

function sum(a: Reconciled, b: Reconciled): Reconciled {
  return {
    present: a.present + b.present,
    lowered: a.lowered + b.lowered,
    moved: a.moved + b.moved,
    deleted: a.deleted + b.deleted,
    hidden: a.hidden + b.hidden,
    removed: a.removed + b.removed,
  }
}
