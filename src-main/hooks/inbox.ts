import { AppError } from '../../src-shared/errors/app-error.ts'
import { sleep } from '../runtime/async.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { HookStore, ReceivedHook } from '../store/hooks.ts'

/** How many are written at once: a file's lock is not held for long, and in a flood the wait for the disk is shared. */
const BATCH_SIZE = 200

/**
 * What comes within so many times as long as the last write took, and within this at most (ms), is written together: a commit
 * into a file holds up the whole process until the disk has it, and a slow disk takes fewer than come.
 */
const REST = 3
const LONGEST_REST_MS = 25

/** How many may wait to be written; so many are a few megabytes. */
const MAX_WAITING = 5_000

export type HookInbox = ReturnType<typeof createHookInbox>

interface InboxParts {
  readonly siteId: string
  readonly store: HookStore
  readonly time: Pick<SiteTime, 'now'>
  /** The address that the site's tickets name, as people open it. */
  readonly baseUrl: () => string
}

interface Waiting {
  readonly hook: ReceivedHook
  readonly taken: PromiseWithResolvers<void>
}

/** Where the webhooks of one Jira are written down, by any number of processes. */
export function createHookInbox({ siteId, store, time, baseUrl }: InboxParts) {
  let waiting: Waiting[] = []
  let writing = false

  /** What comes while a batch is written, or soon after, goes with the next. */
  async function write(): Promise<void> {
    writing = true
    while (waiting.length > 0) {
      const beganMs = performance.now()
      const batch = waiting.slice(0, BATCH_SIZE)
      waiting = waiting.slice(BATCH_SIZE)
      try {
        await store.takeHooks(
          siteId,
          batch.map(({ hook }) => hook),
        )
        for (const { taken } of batch) taken.resolve()
      } catch (error) {
        for (const { taken } of batch) taken.reject(error)
      }
      if (waiting.length < BATCH_SIZE)
        await sleep(Math.min(LONGEST_REST_MS, REST * (performance.now() - beganMs)))
    }
    writing = false
  }

  return {
    /** Whether a ticket that says it is there is one of this Jira's. */
    isOfSite(self: string): boolean {
      const [base, url] = [URL.parse(baseUrl()), URL.parse(self)]
      if (base === null || url === null) return false
      return (
        url.origin === base.origin && url.pathname.startsWith(`${base.pathname.replace(/\/+$/, '')}/rest/`)
      )
    },
    /** The site's clock, epoch ms. */
    siteMs: () => time.now(),
    /** Resolves when it is written down, or was before. Throws as the store, or `too-many` where too many wait for that. */
    async take(hook: ReceivedHook): Promise<void> {
      if (waiting.length >= MAX_WAITING) throw tooMany()
      const taken = Promise.withResolvers<void>()
      waiting.push({ hook, taken })
      if (!writing) void write()
      return taken.promise
    },
    /** Notes that somebody takes them, for so long from now (real ms). Throws as the store. */
    listens: (ttlMs: number) => store.listenForHooks(siteId, { ttlMs, siteMs: time.now() }),
  }
}

function tooMany(): AppError {
  return new AppError('too-many', 'More webhooks come than can be written down.', {
    consequence: 'This one was not taken.',
    hint: 'Jira sends it again.',
    retryable: true,
  })
}
