import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { Differs } from '../../src-shared/contract/alerts/differs.ts'
import { startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { withTimeout } from '../runtime/async.ts'
import { elapsedMs } from '../runtime/clock.ts'
import type { SceneParts } from './scene.ts'

/** No alert waits longer (real ms) for what differs in it, also where many begin at once. */
const PATIENCE_MS = 1_000

/**
 * What the tickets of a scope's span have more often than usual, in a drill with those of runs; null where that cannot be said,
 * or not in time: an alert is sent without it.
 */
export function createDiffering({ store, session, scopeName, usual, clock, log }: SceneParts) {
  const siteId = session.site.id
  const reads = new Map<string, Promise<Differs | null>>()
  let leftMs = PATIENCE_MS

  const read = async (scope: AlertRule['scope'], span: MinuteSpan, isDrill: boolean, signal: AbortSignal) => {
    const counted = usual.countsScope(scope)
    if (counted === null) return null
    const { whatDiffers } = await import('../differs/differs.ts')
    const known = await store.knownSpans(siteId, scopeName)
    const parts = { store, siteId, scope: counted, zone: session.zone, known, withoutRuns: !isDrill, signal }
    return whatDiffers(parts, { fromMs: startOfMinute(span.fromMinute), toMs: startOfMinute(span.toMinute) })
  }

  const readInTime = async (...asked: [AlertRule['scope'], MinuteSpan, boolean]): Promise<Differs | null> => {
    const late = new AbortController()
    const beganMs = elapsedMs(clock)
    const giveUp = (): null => {
      late.abort()
      return null
    }
    try {
      return await withTimeout(read(...asked, late.signal), leftMs, giveUp, { clock })
    } catch (err) {
      log.info({ err }, 'an alert is sent without what differs in it')
      return null
    } finally {
      leftMs = Math.max(0, leftMs - (elapsedMs(clock) - beganMs))
    }
  }

  return (...asked: [AlertRule['scope'], MinuteSpan, boolean]): Promise<Differs | null> => {
    const name = JSON.stringify(asked)
    const found = reads.get(name) ?? readInTime(...asked)
    reads.set(name, found)
    return found
  }
}
