import type { AlertList, AlertRule, AlertStanding } from '../../src-shared/contract/alerts/alerts.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { AlertState } from '../../src-shared/domain/usual/alert.ts'
import { isGone } from '../leases/lease-owner.ts'
import { ALERT_LEASE, type AlertBook } from '../store/alerts/states.ts'
import type { Store } from '../store/store.ts'

export interface ListParts {
  readonly store: Pick<Store, 'alertBook' | 'leaseHolder'>
  readonly session: { readonly site: { readonly id: string } }
  readonly isFallback: boolean
}

/** The rules and how they stand now. Throws as the store. */
export async function listAlerts({ store, session, isFallback }: ListParts): Promise<AlertList> {
  if (isFallback) return { rules: [], rehearsals: [], away: AWAY }
  const siteId = session.site.id
  const [book, holder] = [await store.alertBook(siteId), await store.leaseHolder(siteId, ALERT_LEASE)]
  const isEvaluated = holder !== null && holder.expiresInMs > 0 && !isGone(holder.owner)
  return { rules: listOf(book, isEvaluated), rehearsals: rehearsalsOf(book), away: null }
}

const AWAY =
  'The rules are kept in the store that is set, and a file on this computer stands in for it now: nothing is evaluated.'

/** The rules, each with how it stands outside of drills. `isEvaluated`: whether any instance does that now. */
function listOf({ rules, states }: AlertBook, isEvaluated: boolean): AlertList['rules'] {
  return rules.map((rule) => {
    const state = states.find(({ ruleId, runId }) => ruleId === rule.id && runId === '')?.state ?? null
    return { ...rule, standing: standingOf(rule, state, isEvaluated ? '' : UNEVALUATED) }
  })
}

function rehearsalsOf({ rules, states }: AlertBook): AlertList['rehearsals'] {
  return states.flatMap(({ ruleId, runId, state: { alert } }) => {
    const rule = rules.find(({ id, on }) => on && id === ruleId)
    if (runId === '' || rule === undefined || alert === null || alert.resolvedMinute !== null) return []
    return [{ id: alert.id, rule: rule.name, runId, startedMs: startOfMinute(alert.startedMinute) }]
  })
}

const UNEVALUATED =
  'No instance evaluates the rules: one does that stays open, as the window, jira-tpm serve or counts --watch.'

/** How a rule stands; `trouble`: why that is not known, as a sentence. */
export function standingOf(
  { on, condition }: AlertRule,
  state: AlertState | null,
  trouble: string,
): AlertStanding {
  const silence = state?.silence ?? null
  const alert = state?.alert ?? null
  const runs = on && alert !== null && alert.resolvedMinute === null
  const about = {
    sinceMs: state === null ? null : startOfMinute(state.sinceMinute),
    silence: silence && { untilMs: silence.untilMinute === null ? null : startOfMinute(silence.untilMinute) },
    alert: runs
      ? {
          id: alert.id,
          startedMs: startOfMinute(alert.startedMinute),
          onsetMs: startOfMinute(alert.onsetMinute),
          peak: alert.peak.tickets,
        }
      : null,
  }
  if (!on) return { ...about, phase: 'off', why: '' }
  if (trouble !== '') return { ...about, phase: 'unknown', why: trouble }
  const phase = state?.phase ?? 'unknown'
  const level = phase === 'ok' ? levelText(state) : ''
  return { ...about, phase, why: WHY[phase]?.(condition) ?? level }
}

function levelText(state: AlertState | null): string {
  const factor = state?.level?.factor ?? null
  return factor === null ? '' : `It is compared with the new level, ${factor.toFixed(1)} times the usual.`
}

const WHY: Partial<Record<AlertStanding['phase'], (condition: AlertRule['condition']) => string>> = {
  learning: () =>
    'What is usual is known after 14 days and 50 tickets; until then only a fixed number is an alarm.',
  unknown: () => 'Nothing was fetched for more than 2 min, or fetching waits for a person.',
}
