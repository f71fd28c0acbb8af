import { expect } from 'vitest'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { readHook } from '../../src-main/server/hooks/read-hook.ts'
import type { ReceivedHook } from '../../src-main/store/hooks.ts'
import { syncScope } from '../../src-main/sync/scope.ts'
import type { SyncJira, SyncOptions } from '../../src-main/sync/sync.ts'
import { hookBody } from '../server/hooks.ts'
import { startSite } from './site.ts'
import { openTestSync, PATIENCE } from './sync.ts'

type SiteSettings = NonNullable<Parameters<typeof startSite>[0]>

/** How long it is sure that somebody takes webhooks: longer than any test. */
const LISTENS_MS = 86_400_000

/**
 * A sandbox and a sync that was started and has fetched all of it; and what sends it webhooks, written into its inbox as the
 * listener would. The sync fetches by itself once an hour, unless it is told otherwise.
 */
export async function startHooked(
  settings: SiteSettings = {},
  options: Partial<Omit<SyncOptions, 'store'>> & { readonly wrap?: (jira: SyncJira) => SyncJira } = {},
) {
  const { wrap = (jira) => jira, ...rest } = options
  const site = await startSite(settings)
  const { sandbox } = site
  const clock = rest.clock ?? machineClock
  const opened = await openTestSync(wrap(site.jira), { intervalMs: 3_600_000, ...rest })
  const { siteId, scope, store, siteTime, sync } = opened
  siteTime.set(steadyClock(clock.now(), sandbox.clock.now() - clock.now()))
  await store.listenForHooks(siteId, { ttlMs: LISTENS_MS, siteMs: siteTime.now() })

  /** What Jira tells of a ticket as it is now. */
  async function hookOf(issueId: string, more: Partial<ReceivedHook> = {}): Promise<ReceivedHook> {
    const found = (await sandbox.truth()).find(({ id }) => id === issueId)
    const nowMs = sandbox.clock.now()
    const [event, atMs] = found === undefined ? ['deleted', nowMs] : ['updated', found.updatedMs]
    const read = readHook(Buffer.from(hookBody(Number(issueId), { event, atMs })), {}, nowMs)
    if (read === null || read === 'other') throw new Error('It is a webhook of a ticket.')
    const { self: _self, saidMs: _saidMs, changedMs, ...hook } = read
    return { ...hook, lateMs: Math.max(0, nowMs - changedMs), ...more }
  }
  return {
    ...site,
    ...opened,
    hookOf,
    /** Jira tells of tickets as they are now. */
    tell: async (...ids: string[]) => store.takeHooks(siteId, await Promise.all(ids.map((id) => hookOf(id)))),
    /** Begins to fetch, and waits until that was done once. */
    begin: async (): Promise<void> => {
      sync.start()
      const fetched = { state: 'idle', lastSuccessMs: expect.any(Number), nextMs: expect.any(Number) }
      await expect.poll(() => sync.status(), PATIENCE).toMatchObject(fetched)
    },
    /** How many webhooks wait. */
    unread: async () => (await store.hookBook(siteId, syncScope(scope)))?.unread,
  }
}
