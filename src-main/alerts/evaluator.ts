import type { EventHub } from '../../src-shared/contract/client.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { coalesce } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import { ALERT_LEASE } from '../store/alerts/states.ts'
import type { LeaseStore } from '../store/leases.ts'
import type { AlertStore, StoreConnection } from '../store/store.ts'
import { evaluateAll } from './evaluate.ts'
import { standBy } from './on-duty.ts'
import { lookAround, type SceneParts } from './scene.ts'

export interface EvaluatorParts extends SceneParts {
  readonly store: SceneParts['store'] & AlertStore & LeaseStore & Pick<StoreConnection, 'onCommit'>
  /** Names this process in leases. */
  readonly owner: string
  readonly hub: Pick<EventHub, 'on'>
  readonly log: Pick<Log, 'info' | 'warn'>
}

/**
 * Evaluates the rules at each commit that changed tickets, at each full minute, and when a rule or the fetching is another: where
 * no other instance does so for all who share the store. Until the signal's abort; resolves when it has ended.
 */
export async function evaluateAlerts(parts: EvaluatorParts, signal: AbortSignal): Promise<void> {
  const { store, session, hub } = parts
  const siteId = session.site.id
  const isNeeded = async (): Promise<boolean> => (await store.alertRules(siteId)).some(({ on }) => on)
  const duty = standBy({ ...parts, siteId, isNeeded, work: (leased) => workOn(parts, leased) }, signal)
  const leave = [
    hub.on('alerts.changed', duty.look),
    store.onCommit(siteId, [`lease ${ALERT_LEASE}`], duty.look),
  ]
  await duty.ended
  for (const unsubscribe of leave) unsubscribe()
}

/** Until the signal's abort, or until no rule is on any more. */
async function workOn(parts: EvaluatorParts, leased: AbortSignal): Promise<void> {
  const { hub, time } = parts
  const idle = new AbortController()
  const until = AbortSignal.any([leased, idle.signal])
  const evaluate = createEvaluation(parts, () => idle.abort())
  let last: Promise<void> = Promise.resolve()
  const evaluateSoon = (): void => {
    if (!until.aborted) last = evaluate()
  }
  let isStopped = parts.syncStatus().state === 'stopped'
  const leave = [
    hub.on('counts.changed', evaluateSoon),
    hub.on('alerts.changed', evaluateSoon),
    hub.on('sync.changed', ({ state }) => {
      if (isStopped === (state === 'stopped')) return
      isStopped = !isStopped
      evaluateSoon()
    }),
  ]
  try {
    for (;;) {
      evaluateSoon()
      await time.until(startOfMinute(minuteOf(time.now()) + 1), until)
    }
  } catch (error) {
    if (!until.aborted) throw error
  } finally {
    for (const unsubscribe of leave) unsubscribe()
    await last
  }
}

/** Evaluates all rules once for all who ask meanwhile; what fails is logged, and made up for by the next. */
function createEvaluation(parts: EvaluatorParts, onIdle: () => void) {
  const { store, session, owner, usual, log } = parts
  const { site, watched, zone } = session
  let failing = false

  const evaluate = async (): Promise<void> => {
    const book = await store.alertBook(site.id)
    if (!book.rules.some(({ on }) => on)) return onIdle()
    const writes = await evaluateAll(
      { site: site.label, watched, zone, usual },
      book,
      await lookAround(parts),
    )
    // A rule that was changed meanwhile is evaluated when that is published.
    if (writes.length > 0) await store.recordAlerts(site.id, owner, writes)
  }
  return coalesce(async () => {
    try {
      await evaluate()
      failing = false
    } catch (err) {
      if (!failing) log.warn({ err }, 'the alert rules could not be evaluated; it is tried again each minute')
      failing = true
    }
  }, 'fresh')
}
