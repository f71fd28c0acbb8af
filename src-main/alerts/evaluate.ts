import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import { minuteOf, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import {
  firstState,
  minutesSeen,
  nextState,
  type AlertState,
  type AlertTransition,
} from '../../src-shared/domain/usual/alert.ts'
import { makeBaseline } from '../../src-shared/domain/usual/baseline.ts'
import type { AlertInput } from '../../src-shared/domain/usual/condition.ts'
import { isOfStorms } from '../../src-shared/domain/run/drill.ts'
import type { WrittenAlert, WrittenTransition } from '../store/alerts/history.ts'
import type { AlertBook, AlertDrill, AlertWrite, StoredAlertState } from '../store/alerts/states.ts'
import { endedAlert } from './end-alert.ts'
import { entryOf } from './entry.ts'
import { saysWhatDiffers, writeMessage, type MessageParts } from './message.ts'
import type { Scene, SceneParts } from './scene.ts'

export interface EvaluationParts extends Pick<MessageParts, 'site' | 'watched' | 'zone'> {
  readonly usual: SceneParts['usual']
}

/**
 * What becomes of each rule that is on, and of each in a drill: those of which something is to be written. Throws as the store.
 */
export async function evaluateAll(
  parts: EvaluationParts,
  book: AlertBook,
  scene: Scene,
): Promise<AlertWrite[]> {
  const isOver = ({ untilMs }: AlertDrill): boolean => untilMs <= scene.nowMs
  const over = book.drills.filter(isOver).map(({ runId }) => runId)
  const running = book.drills.filter((drill) => !isOver(drill))
  const writes: AlertWrite[] = []
  for (const rule of book.rules.filter(({ on }) => on)) {
    // Drills first: what is left of a rule's silence is none of theirs.
    const drills = isOfStorms(rule.condition) ? running : []
    const stateOf = (run: string) => book.states.find((one) => one.ruleId === rule.id && one.runId === run)
    for (const drill of [...drills, null]) {
      const runId = drill?.runId ?? ''
      const stored = stateOf(runId)
      // A drill at a new level is above that.
      const level = stateOf('')?.state.level ?? null
      const before = stored?.state ?? (level === null ? null : { ...firstState(scene.nowMinute), level })
      const { state, transitions } = await evaluateRule(parts, scene, rule, drill, before)
      if (transitions.length === 0 && isDeepStrictEqual(state, before)) continue
      const alert = await alertOf(parts, scene, { rule, runId, before, state, transitions })
      writes.push({ rule, runId, seen: stored?.version ?? 0, state, alert })
    }
    for (const stored of book.states)
      if (stored.ruleId === rule.id && over.includes(stored.runId))
        writes.push(await drillOver(parts, scene, rule, stored))
  }
  return writes
}

/** Nothing is kept of how a rule stood in a drill but the history. */
async function drillOver(
  parts: EvaluationParts,
  scene: Scene,
  rule: AlertRule,
  { runId, version: seen, state: { alert } }: StoredAlertState,
): Promise<AlertWrite> {
  const over = { rule, runId, seen, state: null }
  if (alert === null || alert.resolvedMinute !== null) return { ...over, alert: null }
  const { nowMinute } = scene
  const span = { fromMinute: alert.onsetMinute, toMinute: nowMinute + 1 }
  const tickets = await scene.tickets(rule.scope, span, true)
  const ended = endedAlert({ ...parts, rule, runId, nowMinute, tickets, why: 'The drill is over.' }, alert)
  return { ...over, alert: ended }
}

/** What becomes of one rule, for real or in a drill, and what it saw. */
export async function evaluateRule(
  { usual }: EvaluationParts,
  scene: Scene,
  { scope, condition }: AlertRule,
  drill: AlertDrill | null,
  before: AlertState | null,
) {
  const { nowMinute, settledTo, sinceFetch } = scene
  const state = before ?? firstState(nowMinute)
  const isSeen = scene.unseen(scope) === ''
  const observation: AlertInput = {
    nowMinute,
    recent: {
      endMinute: nowMinute + 1,
      counts: isSeen ? await scene.recent(scope, minutesSeen(condition, state, nowMinute), drill) : [],
    },
    settledTo,
    sinceFetch,
    isKnown: scene.trouble === '' && isSeen,
    baseline:
      isSeen && condition.kind !== 'nothing-fetched'
        ? await usual.of(scope, state.frozenMinute ?? nowMinute)
        : NOTHING_LEARNED,
    newAlertId: randomUUID(),
    ...(drill !== null && { begunMinute: minuteOf(drill.startMs) }),
  }
  return { observation, ...nextState(condition, state, observation) }
}

/** What is usual where nothing is known of it. */
export const NOTHING_LEARNED = makeBaseline({ startMinute: 0, stepMinutes: 5, counts: [] }, 'UTC', 0)

interface Evaluated {
  readonly rule: AlertRule
  readonly runId: string
  readonly before: AlertState | null
  readonly state: AlertState
  readonly transitions: readonly AlertTransition[]
}

/** What the history has of it from now on; null where that stays. */
async function alertOf(
  parts: EvaluationParts,
  scene: Scene,
  { rule, runId, before, state, transitions }: Evaluated,
): Promise<WrittenAlert | null> {
  const { alert } = state
  if (alert === null) return null
  const isSame = isDeepStrictEqual(alert.peak, before?.alert?.peak) && alert.id === before?.alert?.id
  if (isSame && transitions.length === 0) return null
  const written: WrittenTransition[] = []
  for (const transition of transitions) {
    const span = spanOf(transition, scene.nowMinute)
    const isDrill = runId !== ''
    const frozenMinute = before?.frozenMinute ?? scene.nowMinute
    const message = writeMessage({
      ...parts,
      rule,
      transition,
      span,
      tickets: await scene.tickets(rule.scope, span, isDrill),
      sinceFetch: scene.sinceFetch,
      baseline:
        rule.condition.kind === 'nothing-fetched' ? null : await parts.usual.of(rule.scope, frozenMinute),
      differs: saysWhatDiffers(rule, transition) ? await scene.differing(rule.scope, span, isDrill) : null,
      rehearsal: isDrill ? runId : null,
    })
    written.push({ message, sent: !transition.isSilenced })
  }
  return entryOf(rule, runId, alert, written)
}

/** From its onset up to now, or to its end. */
function spanOf({ onsetMinute }: AlertTransition, nowMinute: number): MinuteSpan {
  return { fromMinute: Math.min(onsetMinute, nowMinute), toMinute: nowMinute + 1 }
}
