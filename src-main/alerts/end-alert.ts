import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { AlertTransition, RunningAlert } from '../../src-shared/domain/usual/alert.ts'
import type { Minute } from '../../src-shared/domain/minute.ts'
import type { WrittenAlert } from '../store/alerts/history.ts'
import type { EndAlert } from '../store/alerts/rules.ts'
import { entryOf } from './entry.ts'
import { writeMessage, type MessageParts } from './message.ts'
import { lookAround, type SceneParts } from './scene.ts'
import type { AlertStore } from '../store/store.ts'

type EndParts = SceneParts & { readonly store: Pick<AlertStore, 'alertBook'> }

/** What becomes of a rule's alerts under way when the rule is another one, off, or gone; `why` says that. Throws as the store. */
export async function endAlert(parts: EndParts, rule: AlertRule, why: string): Promise<EndAlert> {
  const { store, session } = parts
  const scene = await lookAround(parts)
  const { nowMinute } = scene
  const { states } = await store.alertBook(session.site.id)
  const counted = new Map<string, number>()
  for (const { ruleId, runId, state } of states) {
    if (ruleId !== rule.id || state.alert === null) continue
    const span = { fromMinute: state.alert.onsetMinute, toMinute: nowMinute + 1 }
    counted.set(state.alert.id, await scene.tickets(rule.scope, span, runId !== ''))
  }
  const { site, watched, zone } = session
  const named = { site: site.label, watched, zone }
  return ({ runId, state: { alert } }) => {
    if (alert === null || alert.resolvedMinute !== null) return null
    // One that began meanwhile has what it began with.
    const tickets = counted.get(alert.id) ?? alert.told.tickets
    return endedAlert({ ...named, rule, runId, nowMinute, tickets, why }, alert)
  }
}

interface Ended extends Pick<MessageParts, 'site' | 'watched' | 'zone' | 'rule' | 'tickets'> {
  readonly runId: string
  readonly nowMinute: Minute
  readonly why: string
}

/** An alert that does not end by itself. */
export function endedAlert({ runId, nowMinute, ...parts }: Ended, alert: RunningAlert): WrittenAlert {
  const message = writeMessage({
    ...parts,
    transition: endOf(alert, nowMinute),
    span: { fromMinute: alert.onsetMinute, toMinute: nowMinute + 1 },
    sinceFetch: null,
    baseline: null,
    differs: null,
    rehearsal: runId === '' ? null : runId,
  })
  const ended = { ...alert, resolvedMinute: nowMinute }
  return entryOf(parts.rule, runId, ended, [{ message, sent: alert.isSent }])
}

function endOf({ id, opened, told, ...alert }: RunningAlert, minute: Minute): AlertTransition {
  const { startedMinute, onsetMinute, peak } = alert
  return {
    kind: 'resolved',
    key: opened === 1 ? 'resolved' : `resolved-${opened}`,
    alertId: id,
    minute,
    startedMinute,
    onsetMinute,
    isReopened: opened > 1,
    isSilenced: !alert.isSent,
    window: told,
    peak,
  }
}
