import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { usualRuleName } from '../../src-shared/domain/usual/alert-text.ts'
import { minuteOf, MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { nextDayAt } from '../../src-shared/domain/zone-time.ts'
import { silenced, firstState } from '../../src-shared/domain/usual/alert.ts'
import { nothingChanged, type AppError } from '../../src-shared/errors/app-error.ts'
import type { EngineHandlers } from '../app/engine.ts'
import { checkedZone } from '../app/asked-span.ts'
import type { Jira } from '../jira/jira.ts'
import type { SiteTime } from '../runtime/clock.ts'
import { keptElsewhere, noSuchRule } from '../store/errors.ts'
import type { EndAlert } from '../store/alerts/rules.ts'
import type { AlertStore, TicketStore } from '../store/store.ts'

export interface RuleParts {
  readonly store: AlertStore & Pick<TicketStore, 'ticketTotal'>
  readonly session: Omit<Session, 'clock'>
  readonly time: SiteTime
  /** Whether the store stands in for the one that is set, which has the rules. */
  readonly isFallback: boolean
  readonly jira: Pick<Jira, 'projects'>
  /** What becomes of an alert under way whose rule is no longer the same, as the sentence says. */
  readonly endAlert: (rule: AlertRule, why: string) => Promise<EndAlert>
}

/** When a silence until tomorrow ends. */
const MORNING_HOUR = 8

/** Adds, changes, silences and removes rules. */
export function createRuleHandlers(parts: RuleParts) {
  const { store, session, time, isFallback, endAlert } = parts
  const siteId = session.site.id

  const findRule = async (id: string): Promise<AlertRule | undefined> =>
    (await store.alertRules(siteId)).find((one) => one.id === id)

  return {
    'alerts.add': async ({ name: typed, scope, condition, on = true }, signal?: AbortSignal) => {
      if (isFallback) throw isKeptElsewhere()
      await checkScope(parts, scope, signal)
      const name = checkedName(typed ?? usualRuleName({ scope, condition }, session.watched))
      const made = { id: randomUUID(), revision: randomUUID(), createdMs: time.now() }
      const rule = { ...made, name, scope, condition, on }
      await store.addAlertRule(siteId, rule)
      return rule
    },
    'alerts.change': async ({ id, seen, ...changes }, signal?: AbortSignal) => {
      if (isFallback) throw isKeptElsewhere()
      const former = await findRule(id)
      if (former === undefined) throw noSuchRule(id)
      if (changes.scope !== undefined) await checkScope(parts, changes.scope, signal)
      const rule = { ...former, ...changes, revision: randomUUID() }
      rule.name = checkedName(rule.name)
      await store.changeAlertRule(
        siteId,
        rule,
        seen,
        isOther(former, rule) ? await endAlert(former, endOf(rule)) : null,
      )
      return rule
    },
    'alerts.remove': async ({ id, seen }) => {
      if (isFallback) throw isKeptElsewhere()
      const rule = await findRule(id)
      if (rule === undefined) return { removed: false }
      const removed = await store.removeAlertRule(
        siteId,
        id,
        seen,
        await endAlert(rule, 'The rule was removed.'),
      )
      return { removed }
    },
    'alerts.silence': async ({ id, silence: asked }) => {
      if (isFallback) throw isKeptElsewhere()
      const nowMinute = minuteOf(time.now())
      const untilMs = asked === null ? null : silentUntil(asked, time.now(), session.zone)
      const untilMinute = untilMs === null ? null : Math.ceil(untilMs / MS_PER_MINUTE)
      const ids = id === undefined ? (await store.alertRules(siteId)).map((rule) => rule.id) : [id]
      await store.changeAlertStates(siteId, ids, (state) =>
        silenced(state ?? firstState(nowMinute), asked === null ? false : untilMinute, nowMinute),
      )
      return { silenced: ids.length, untilMs }
    },
  } satisfies Partial<EngineHandlers>
}

/** Epoch ms of the site; null: until things are as usual again. */
function silentUntil(
  asked: NonNullable<Params<'alerts.silence'>['silence']>,
  nowMs: number,
  zone: string,
): number | null {
  if ('minutes' in asked) return nowMs + asked.minutes * MS_PER_MINUTE
  return asked.until === 'usual' ? null : nextDayAt(nowMs, checkedZone(asked.zone ?? zone), MORNING_HOUR)
}

/** Throws `usage` where a rule would count tickets that are not watched. */
export async function checkScope(
  { session, store, jira }: Pick<RuleParts, 'session' | 'store' | 'jira'>,
  { project, priority }: AlertRule['scope'],
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { watched, projectKey, site } = session
  if (project !== undefined && priority !== undefined)
    throw wrongScope('A rule is of a project or of a priority, not of both.', 'Make two rules.')
  if (priority !== undefined && !watched.some(({ id }) => id === priority))
    throw wrongScope(
      `The priority ${priority} is not watched.`,
      `Watched are ${watched.map(({ id, name }) => `${name} (${id})`).join(', ')}.`,
    )
  if (project === undefined || project === projectKey) return
  if (projectKey !== null) throw wrongScope(`Of ${site.label} the project ${projectKey} alone is watched.`)
  const counted = await store.ticketTotal(site.id, {
    projectKey: project,
    priorityIds: watched.map(({ id }) => id),
  })
  if (counted > 0) return
  const known = await jira.projects(signal)
  if (!known.some(({ key }) => key === project))
    throw wrongScope(`${site.label} shows no project ${project}.`, 'Give its key as Jira has it, as OPS.')
}

function wrongScope(what: string, hint = ''): AppError {
  return nothingChanged('usage', what, hint)
}

function checkedName(typed: string): string {
  const name = typed.trim().normalize()
  if (name === '') throw nothingChanged('usage', 'The rule has no name.', 'Type one, or leave it out.')
  return name.slice(0, MAX_NAME)
}

const MAX_NAME = 80

/** Whether an alert of the one may not go on under the other. */
function isOther(former: AlertRule, rule: AlertRule): boolean {
  return !isDeepStrictEqual(meantBy(former), meantBy(rule))
}

function meantBy({ on, scope, condition }: AlertRule): object {
  return { on, scope, condition }
}

function endOf({ on }: AlertRule): string {
  return on ? 'The rule was changed.' : 'The rule was switched off.'
}

function isKeptElsewhere(): AppError {
  return keptElsewhere('Rules', 'Do it again when that store is back; until then nothing is evaluated.')
}
