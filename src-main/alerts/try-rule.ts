import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { Result } from '../../src-shared/contract/methods.ts'
import { observe } from '../../src-shared/domain/usual/condition.ts'
import type { AlertState } from '../../src-shared/domain/usual/alert.ts'
import { evaluateRule, type EvaluationParts } from './evaluate.ts'
import { standingOf } from './listed.ts'
import { saysWhatDiffers, writeMessage } from './message.ts'
import type { Scene } from './scene.ts'

/** What a rule sees at this moment, and the message that it would send. Writes nothing. Throws as the store. */
export async function tryRule(
  parts: EvaluationParts,
  scene: Scene,
  rule: AlertRule,
  stored: AlertState | null,
): Promise<Result<'alerts.test'>> {
  const { observation, state } = await evaluateRule(parts, scene, rule, null, stored)
  const standing = standingOf({ ...rule, on: true }, state, scene.trouble || scene.unseen(rule.scope))
  const seen = observe(rule.condition, observation, Number.NEGATIVE_INFINITY)
  if (seen === 'learning' || seen === 'unknown') return { fires: false, standing, message: null }
  const { nowMinute } = scene
  const onsetMinute = seen.onset()
  const span = { fromMinute: Math.min(onsetMinute, nowMinute), toMinute: nowMinute + 1 }
  const message = writeMessage({
    ...parts,
    rule,
    transition: {
      kind: 'started',
      key: 'started',
      alertId: 'test',
      minute: nowMinute,
      startedMinute: nowMinute,
      onsetMinute,
      isReopened: false,
      isSilenced: false,
      window: seen.window,
      peak: { tickets: seen.window.tickets, minute: nowMinute },
    },
    span,
    tickets: await scene.tickets(rule.scope, span, false),
    sinceFetch: scene.sinceFetch,
    baseline: observation.baseline,
    differs: saysWhatDiffers(rule, { kind: 'started' })
      ? await scene.differing(rule.scope, span, false)
      : null,
    rehearsal: null,
  })
  return { fires: seen.isFiring, standing, message }
}
