import { setImmediate } from 'node:timers/promises'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'
import type { EngineHandlers } from './engine.ts'

interface RetentionParts {
  readonly store: Pick<Store, 'oldTickets' | 'storeBytes' | 'keepFrom' | 'deleteOld'>
  readonly time: Pick<SiteTime, 'now'>
}

/** So long one call deletes (ms): whoever waits sees how far it is. */
const CALL_MS = 1_500

/** Looks what of a store is old, and deletes it. */
export function createRetentionHandlers({ store, time }: RetentionParts) {
  return {
    'data.previewRetention': async ({ months }) => {
      const keptFromMs = monthStart(time.now(), -months)
      const [sites, storeBytes] = [await store.oldTickets(keptFromMs), await store.storeBytes()]
      const sum = (of: (site: (typeof sites)[number]) => number): number =>
        sites.reduce((all, site) => all + of(site), 0)
      const [old, kept] = [sum(({ tickets }) => tickets), sum((site) => site.kept)]
      return {
        keptFromMs,
        sites: sites.map((site) => {
          const { span, counted: _, ...shown } = site
          return { ...shown, fromMs: span?.fromMs ?? null, toMs: span?.toMs ?? null }
        }),
        bytes: Math.round((storeBytes * old) / Math.max(1, old + kept)),
      }
    },
    'data.retain': async ({ keptFromMs }, left) => {
      if (keptFromMs !== monthStart(keptFromMs, 0) || keptFromMs > time.now()) {
        const text = isoInstant(keptFromMs)
        throw nothingDone('usage', `${text} is not the first minute of a month in UTC that has begun.`)
      }
      await store.keepFrom(keptFromMs)
      const untilMs = performance.now() + CALL_MS
      for (let deleted = 0; ; await setImmediate()) {
        const step = await store.deleteOld()
        deleted += step.deleted
        if (!step.more || performance.now() > untilMs || left?.aborted === true)
          return { deleted, more: step.more }
      }
    },
  } satisfies Partial<EngineHandlers>
}

/** The first minute (epoch ms) of the month in UTC, so many months later. */
function monthStart(atMs: number, months: number): number {
  const at = new Date(atMs)
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months)
}
