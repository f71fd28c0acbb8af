import { AppError } from '../../src-shared/errors/app-error.ts'
import { createWakeableSleep, sleep } from '../runtime/async.ts'
import type { UnreadHooks } from '../store/hooks.ts'
import { failureDelayMs, isCancelled, isOfStore } from './failure-policy.ts'
import { beginFetching, type FetchParts } from './fetch-parts.ts'
import { reconcileByIds } from './removed-tickets.ts'
import type { SyncOptions } from './sync.ts'

/** What comes within this of the first is read with it. */
const JOIN_MS = 100

/** How many tickets are read at once: as many as a search of Jira's would be consistent about. */
const MAX_JOINED = 50

/** Where a notice was lost. */
const LOOK_AGAIN_MS = 60_000

const TRY_AGAIN_MS = 5_000

/** An answer that is not believed so often is left to the census, and the others go on. */
const MAX_DISBELIEVED = 3

/** How many tickets that should be there are asked for where none of those that were told is. */
const CONTROLS = 5

/**
 * Reads the tickets of which Jira's webhooks told, by their ids and through the account, while this instance leads: a webhook is a
 * hint, and nothing of it is shown. What Jira shows is committed as a page of any fetch is, and what it shows no more is
 * looked at as by a census; the watermark and what is known stay as they are. They are marked as read after that: what a kill
 * interrupts is read again, to no effect. `makeOnRead`: what is called when some were, until the signal's abort.
 */
export function createHookReading(
  parts: FetchParts,
  options: SyncOptions,
  makeOnRead: (signal: AbortSignal) => () => void,
) {
  const { siteId, store } = parts
  const { clock, log } = options
  let term: { readonly ended: AbortController; readonly running: Promise<void> } | null = null

  async function run(signal: AbortSignal): Promise<void> {
    const waiting = createWakeableSleep(clock)
    signal.addEventListener('abort', store.onCommit(siteId, ['hooks'], waiting.wake), { once: true })
    const read = createReader(parts, options)
    const onRead = makeOnRead(signal)
    let failures = 0
    while (!signal.aborted) {
      try {
        const { count, more } = await read(signal)
        failures = 0
        if (count > 0) onRead()
        if (!more && (await waiting.sleep(LOOK_AGAIN_MS, signal))) await sleep(JOIN_MS, signal, clock)
      } catch (error) {
        if (signal.aborted) return
        logFailure(error, failures === 0, log)
        await sleep(failureDelayMs(++failures, TRY_AGAIN_MS, error), signal, clock)
      }
    }
  }

  return {
    /** Begins to read. Idempotent. */
    start() {
      if (term !== null) return
      const ended = new AbortController()
      term = { ended, running: run(ended.signal) }
    },
    /** Ends it; what was read is stored. Safe to call twice. */
    async stop() {
      const last = term
      term = null
      last?.ended.abort()
      await last?.running
    },
  }
}

/** What reads the next tickets; how many webhooks told of them, and whether there are more. */
function createReader(parts: FetchParts, { siteTime, log }: SyncOptions) {
  const { siteId, scopeName, store, identity } = parts
  let markedPlace = 0
  let disbelieved = 0

  async function reconcile(
    ids: readonly string[],
    told: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void> {
    await identity.prove(signal)
    const fetching = await beginFetching(parts)
    const controlsWhereGone = (): Promise<readonly string[]> => controlsBut(told, parts)
    try {
      await reconcileByIds(fetching, { ids, atMs: siteTime.now(), controlsWhereGone }, signal)
      disbelieved = 0
    } catch (error) {
      if (error instanceof AppError && error.code === 'not-authenticated') identity.forget()
      const isDisbelieved = error instanceof AppError && error.code === 'jira-broken'
      if (!isDisbelieved || ++disbelieved < MAX_DISBELIEVED) throw error
      disbelieved = 0
      log.warn(
        { code: error.code },
        `tickets of which webhooks told are left to the census: ${error.message}`,
      )
    }
  }

  return async (signal: AbortSignal): Promise<{ readonly count: number; readonly more: boolean }> => {
    const unread = await store.unreadHooks(siteId, scopeName)
    const { ids, count, place } = joined(unread)
    if (count > 0) await reconcile(ids, new Set(unread.hooks.map(({ issueId }) => issueId)), signal)
    if (place > markedPlace) await store.markHooksRead(siteId, scopeName, place)
    markedPlace = Math.max(place, markedPlace)
    return { count, more: count < unread.hooks.length }
  }
}

/** As many as are read at once: their tickets, each once, and the place up to which they are. */
function joined({ hooks, place }: UnreadHooks) {
  const ids = new Set<string>()
  let count = 0
  for (const { issueId } of hooks) {
    if (!ids.has(issueId) && ids.size === MAX_JOINED) break
    ids.add(issueId)
    count += 1
  }
  const isAll = count === hooks.length
  return { ids: [...ids], count, place: isAll ? place : (hooks[count - 1]?.place ?? 0) }
}

/** The newest tickets that count and of which no webhook told: they should be there. */
async function controlsBut(
  told: ReadonlySet<string>,
  { siteId, scope, store }: FetchParts,
): Promise<readonly string[]> {
  const span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: told.size + CONTROLS }
  const newest = await store.tickets({ siteId, ...scope, ...span })
  return newest.flatMap(({ id }) => (told.has(id) ? [] : [id])).slice(0, CONTROLS)
}

/** The fetches meet the same Jira and store, and show it to the person. */
function logFailure(error: unknown, isFirst: boolean, log: SyncOptions['log']): void {
  if (!(error instanceof AppError)) log.error({ err: error }, 'webhooks were not read, by a bug')
  else if (isFirst && !isCancelled(error) && !isOfStore(error)) log.warn({ code: error.code }, error.message)
}
