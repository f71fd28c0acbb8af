import type { EngineHandlers } from '../app/engine.ts'
import { noSuchRule } from '../store/errors.ts'
import type { Store } from '../store/store.ts'
import type { UsualSource } from '../usual/usual.ts'
import { endAlert } from './end-alert.ts'
import { replayRule } from './replay-rule.ts'
import { checkScope, createRuleHandlers, type RuleParts } from './rules.ts'
import { lookAround, type SceneParts } from './scene.ts'
import { tryRule } from './try-rule.ts'

interface AlertHandlerParts
  extends Omit<RuleParts, 'store' | 'endAlert'>, Omit<SceneParts, 'store' | 'usual'> {
  readonly store: Store
  readonly usual: UsualSource
  readonly signal: AbortSignal
}

const MOST_WEEKS = 8

/** What a person asks of the rules, but for what only reads the store. */
export function createAlertHandlers(parts: AlertHandlerParts) {
  const { store, session, usual } = parts
  const { site, watched, zone } = session
  return {
    ...createRuleHandlers({ ...parts, endAlert: (rule, why) => endAlert(parts, rule, why) }),
    'alerts.test': async ({ id }) => {
      const { rules, states } = await store.alertBook(site.id)
      const rule = rules.find((one) => one.id === id)
      if (rule === undefined) throw noSuchRule(id)
      const stored = states.find(({ ruleId, runId }) => ruleId === id && runId === '')
      const named = { site: site.label, watched, zone, usual }
      return tryRule(named, await lookAround(parts), rule, stored?.state ?? null)
    },
    'alerts.replay': async ({ scope, condition, weeks = MOST_WEEKS }, left = parts.signal) => {
      await checkScope(parts, scope, left)
      return replayRule(parts, { scope, condition }, weeks, AbortSignal.any([parts.signal, left]))
    },
  } satisfies Partial<EngineHandlers>
}
