import type { EventHub } from '../../src-shared/contract/client.ts'
import type { Log } from '../runtime/log.ts'
import type { CountsScope, MinuteChanges, Store } from '../store/store.ts'
import { paced, sleep, type Pace } from '../runtime/async.ts'

interface LiveOptions {
  readonly store: Pick<Store, 'seq' | 'changesSince' | 'onCommit' | 'health' | 'onHealth'>
  readonly hub: Pick<EventHub, 'publish'>
  readonly siteId: string
  readonly scope: CountsScope
  readonly log: Pick<Log, 'warn' | 'info'>
}

/** More changes than this are not listed: reading the counts anew costs less. */
const MAX_CHANGES = 2_000

/** A single change is published at once, and those that come with it; a stream of them is one picture four times a second. */
const PACE: Pace = { burst: 3, everyMs: 250 }

/**
 * So much at once is a picture that changes all over: a first fetch, which goes on. After as many of those in a row as are
 * published at once, the next comes when no commit follows the other any more, so much later at most: each costs every
 * viewer a new picture, and the server as many answers.
 */
const FLOOD = 500
const FLOOD_MS = 2_000

/** After a read that failed. A store that is back notifies all subscribers at once; this is for the failures that pass. */
const READ_AGAIN_MS = 1_000

/**
 * Publishes `counts.changed` after each commit that changed tickets, whichever process made it. At most one read is
 * under way; commits that fall into it, or come faster than the pace, are published together by the next.
 */
export function createLive(options: LiveOptions) {
  let running: AbortController | null = null
  return {
    /** Idempotent. Where the store is out of reach, it begins with a reset as soon as the store can be read. */
    async start(): Promise<void> {
      if (running !== null) return
      running = new AbortController()
      await follow(options, running.signal)
    },
    /** Nothing is published after it. Idempotent. */
    stop(): void {
      running?.abort()
      running = null
    },
  }
}
export type Live = ReturnType<typeof createLive>

/** Resolves when it knows where to begin; from then on every commit is published, until the signal's abort. */
async function follow(options: LiveOptions, signal: AbortSignal): Promise<void> {
  const { store, hub, siteId } = options
  const attempt = createAttempts(options.log)
  /** Null where the store could not be read yet: it is not known what changed since a window looked. */
  let publishedSeq = await attempt(() => store.seq(siteId))
  if (signal.aborted) return
  let wasAway = false
  let floods = 0

  const publishChanges = async (): Promise<void> => {
    if (wasAway) publishedSeq = null
    wasAway = false
    const prevSeq = publishedSeq
    const found = await attempt(() => readChanges(options, prevSeq))
    if (signal.aborted) return
    if (found === null) {
      void sleep(READ_AGAIN_MS, signal).then((over) => over && publishSoon())
      return
    }
    const { seq, changes } = found
    publishedSeq = seq
    if (seq === prevSeq) return
    // A server that failed over may have lost its last commits.
    const reset = changes === null || seq < (prevSeq ?? 0)
    hub.publish('counts.changed', {
      siteId,
      prevSeq: prevSeq ?? seq,
      seq,
      reset,
      changes: reset ? [] : [...changes],
    })
    floods = reset || changes.length > FLOOD ? floods + 1 : 0
    if (floods > PACE.burst) await calm()
  }
  let commits = 0
  const calm = async (): Promise<void> => {
    let seen = -1
    for (let waitedMs = 0; waitedMs < FLOOD_MS && seen !== commits; waitedMs += PACE.everyMs) {
      seen = commits
      await sleep(PACE.everyMs, signal)
    }
  }
  const publishSoon = paced(publishChanges, PACE, signal)
  const stopCommits = store.onCommit(siteId, ['tickets'], () => {
    commits += 1
    publishSoon()
  })
  signal.addEventListener('abort', stopCommits, { once: true })
  const stopHealth = store.onHealth(() => {
    if (store.health().state === 'down') return
    // The server that answers now may lack the last commits of the former one, and have given their numbers to others.
    wasAway = true
    publishSoon()
  })
  signal.addEventListener('abort', stopHealth, { once: true })
  // What was committed since the number was read.
  publishSoon()
}

async function readChanges(
  { store, siteId, scope }: LiveOptions,
  prevSeq: number | null,
): Promise<MinuteChanges> {
  if (prevSeq === null) return { seq: await store.seq(siteId), changes: null }
  return store.changesSince(siteId, prevSeq, scope, MAX_CHANGES)
}

/** Gives null for a read that failed, and logs the first of those that fail in a row. Nothing is lost: see `follow`. */
function createAttempts(log: LiveOptions['log']): <T>(read: () => Promise<T>) => Promise<T | null> {
  let failing = false
  return async (read) => {
    try {
      const result = await read()
      if (failing) log.info('the changed minutes can be read again')
      failing = false
      return result
    } catch (error) {
      if (!failing)
        log.warn({ err: error }, 'The changed minutes cannot be read; it is tried again each second')
      failing = true
      return null
    }
  }
}
