import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import { firstState } from '../../src-shared/domain/usual/alert.ts'
import { ALERT_LEASE } from '../../src-main/store/alerts/states.ts'
import type { Store } from '../../src-main/store/store.ts'
import { SITE } from '../store/pages.ts'

const OWNER = 'evaluates'

/** Writes what became of an alert, as the instance does that evaluates its rule. */
export async function writeTransition(store: Store, message: AlertMessage, siteId = SITE): Promise<void> {
  await store.takeLease(siteId, ALERT_LEASE, OWNER, 60_000)
  const rule = { ...message.rule, on: true, revision: `${message.rule.id}-1`, createdMs: 1 }
  const { rules, states } = await store.alertBook(siteId)
  if (!rules.some(({ id }) => id === rule.id)) await store.addAlertRule(siteId, rule)
  const seen = states.find(({ ruleId }) => ruleId === rule.id)?.version ?? 0
  const { alertId: id, atMs, rehearsal } = message
  const resolvedMs = message.transition === 'resolved' ? atMs : null
  const times = { startedMs: atMs, onsetMs: atMs, peak: 1, resolvedMs }
  const transitions = [{ message, sent: true }]
  const alert = { id, rule: message.rule, ...times, rehearsal, transitions }
  const state = firstState(0)
  if (!(await store.recordAlerts(siteId, OWNER, [{ rule, runId: '', seen, state, alert }])))
    throw new Error('not written')
}
