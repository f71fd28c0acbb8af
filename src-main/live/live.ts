import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { Log } from '../log.ts'
import type { CountsScope, MinuteChanges, Store } from '../store/store.ts'
import { paced } from './paced.ts'

/** Tells windows which minutes of the chart changed. */
export interface Live {
  /** Publishes each change from now on. Idempotent. Throws what the store throws; then it may be started again. */
  start(): Promise<void>
  /** Nothing is published after it. Idempotent. */
  stop(): void
}

interface LiveOptions {
  readonly store: Store
  readonly hub: EventHub
  readonly siteId: string
  readonly scope: CountsScope
  readonly log: Log
}

/** More changes than this are not listed: reading the counts anew costs less. */
const MOST_CHANGES = 2_000
/** A chart that moves more often looks the same, and a first fetch commits a hundred times a second. */
const PAUSE_MS = 50

/**
 * Publishes `counts.changed` after each commit that changed tickets, whichever process made it. At most one read is
 * under way; commits that fall into it, or into the short pause after it, are told of together by the next.
 */
export function createLive(options: LiveOptions): Live {
  let running: AbortController | null = null
  const stop = (): void => {
    running?.abort()
    running = null
  }
  return {
    async start() {
      if (running !== null) return
      running = new AbortController()
      try {
        await follow(options, running.signal)
      } catch (error) {
        stop()
        throw error
      }
    },
    stop,
  }
}

/** Resolves when it knows where to begin; from then on every commit is told of, until the signal's abort. */
async function follow(options: LiveOptions, signal: AbortSignal): Promise<void> {
  const { store, hub, siteId } = options
  let prevSeq = await store.seq(siteId)
  if (signal.aborted) return

  const publishChanges = async (): Promise<void> => {
    const found = await readChanges(options, prevSeq)
    if (signal.aborted || found === null || found.seq === prevSeq) return
    const { seq, changes } = found
    hub.publish('counts.changed', {
      siteId,
      prevSeq,
      seq,
      reset: changes === null,
      changes: [...(changes ?? [])],
    })
    prevSeq = seq
  }
  const tell = paced(publishChanges, PAUSE_MS, signal)
  signal.addEventListener('abort', store.onCommit(tell), { once: true })
  // What was committed since the number was read.
  tell()
}

async function readChanges(options: LiveOptions, prevSeq: number): Promise<MinuteChanges | null> {
  const { store, siteId, scope, log } = options
  try {
    return await store.changesSince(siteId, prevSeq, scope, MOST_CHANGES)
  } catch (error) {
    // Nothing is lost: the next read begins where this one did, and every fetch ends with a commit.
    log.warn({ err: error }, 'The changed minutes could not be read; the chart waits for the next commit')
    return null
  }
}
