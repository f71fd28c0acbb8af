import { idPages } from '../jira/jira.ts'
import type { Fetching } from './fetch-parts.ts'
import { reconcileByIds, type Reconciled } from './removed-tickets.ts'
import { createdJql, isWatched, type CreatedSpan } from './scope.ts'

/** How many of the missing tickets are looked up before many are believed to be missing. */
const PROBES = 50

export interface PartResult {
  /** How many requests it took to read the ids. */
  readonly requests: number
  /** The site's clock (epoch ms) at its end. */
  readonly siteMs: number
  /** Tickets that have one strike against them now: to be looked at again. */
  readonly missedOnce: number
  /** What became of those that had two, and of those that the store lacked. */
  readonly reconciled: Reconciled
}

/**
 * Compares the ids of a span that Jira's index has with those that the store counts. What the store lacks is fetched by
 * id. What the index lacks gets a strike, and at the second one, at least `apartMs` of the site's later, is looked up by
 * id: it may only be that the index lags.
 */
export async function compareIds(
  fetching: Fetching,
  { span, apartMs }: { readonly span: CreatedSpan; readonly apartMs: number },
  signal: AbortSignal,
): Promise<PartResult> {
  const { siteId, scope, jira, store } = fetching
  // Read first: what is stored while Jira is asked must not look as if Jira lacked it.
  const stored = await store.countedIds(siteId, scope, span)
  const indexed = new Set<string>()
  let siteMs = 0
  let requests = 0
  for await (const page of idPages(jira, createdJql(scope, span), signal)) {
    for (const id of page.ids) indexed.add(id)
    siteMs = page.siteMs
    requests += 1
  }
  const missing = stored.filter((id) => !indexed.has(id))

  const known = new Set(stored)
  let lacking = [...indexed].filter((id) => !known.has(id))
  const present = stored.filter((id) => indexed.has(id))
  await store.clearMissing(siteId, present)
  const isMost = missing.length * 2 > stored.length
  const missed = isMost && !(await areGone(fetching, missing, signal)) ? [] : missing
  const missedTwice = missed.length === 0 ? [] : await store.markMissing(siteId, missed, siteMs, apartMs)
  if (lacking.length > 0) {
    // Without those that a fetch has stored meanwhile. One that counts in another scope, under another field's value perhaps, or
    // that was imported, is lacking here.
    const storedNow = new Set(await store.countedIds(siteId, scope, span))
    lacking = lacking.filter((id) => !storedNow.has(id))
  }
  const asked = { ids: [...lacking, ...missedTwice], atMs: siteMs, controlIds: controlsOf(present) }
  const reconciled = await reconcileByIds(fetching, asked, signal)
  return { requests, siteMs, missedOnce: missed.length - missedTwice.length, reconciled }
}

/** A few of those that both have, far apart: what the index goes on showing may have been deleted. */
function controlsOf(present: readonly string[]): string[] {
  const chosen = [0, 0.5, 1].flatMap((part) => present[Math.floor(part * (present.length - 1))] ?? [])
  return [...new Set(chosen)]
}

/**
 * Most of a span is missing: Jira says again that it knows us, and some of the tickets are looked up. Where most of them
 * are there, the index has not come to them yet, or the answer was a false one; it says nothing of the others either.
 */
async function areGone(
  { scope, jira, identity }: Fetching,
  missing: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  await identity.proveAgain(signal)
  const asked = missing.slice(0, PROBES)
  const found = await jira.byIds(asked, signal)
  return found.filter((ticket) => isWatched(scope, ticket)).length * 2 <= asked.length
}
