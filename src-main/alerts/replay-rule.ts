import { setImmediate } from 'node:timers/promises'
import type { AlertReplay, AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import { alertAddress } from '../../src-shared/domain/usual/alert-address.ts'
import {
  minuteOf,
  MINUTES_PER_DAY,
  MINUTES_PER_HOUR,
  startOfMinute,
  type Minute,
} from '../../src-shared/domain/minute.ts'
import type { Baseline } from '../../src-shared/domain/usual/baseline.ts'
import { replay, type Fired } from '../../src-shared/domain/usual/replay.ts'
import { NOTHING_LEARNED } from './evaluate.ts'
import type { Store } from '../store/store.ts'
import type { UsualSource } from '../usual/usual.ts'
import type { SceneParts } from './scene.ts'

interface ReplayParts extends Pick<SceneParts, 'session' | 'time'> {
  readonly store: Pick<Store, 'outside'>
  readonly usual: Pick<UsualSource, 'counted' | 'of' | 'countsScope'>
}

const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY

/**
 * What a rule would have done in the last weeks, as they are stored now, from the first ticket on. Goes through them in parts
 * that let the event loop go on. Throws as the store, and the signal's reason.
 */
export async function replayRule(
  parts: ReplayParts,
  { scope, condition }: Pick<AlertRule, 'scope' | 'condition'>,
  weeks: number,
  signal: AbortSignal,
): Promise<AlertReplay> {
  const { store, session, time, usual } = parts
  const counted = usual.countsScope(scope)
  if (counted === null) throw new Error('that is not watched')
  const toMinute = minuteOf(time.now())
  const earliest = toMinute - weeks * MINUTES_PER_WEEK
  const fromMinute = await firstTicket(store, session.site.id, counted, { fromMinute: earliest, toMinute })
  const span = { fromMinute, toMinute }
  const { counts } = (await usual.counted(scope, span)).real

  const isCompared = condition.kind === 'above-usual' || condition.kind === 'too-quiet'
  const baselines = keptBaselines(toMinute, async (minute) =>
    isCompared ? usual.of(scope, minute) : NOTHING_LEARNED,
  )
  let learningUntil: Minute | null = null
  const onLearning = (minute: Minute): void => void (learningUntil = isCompared ? minute : null)
  await baselines.load(fromMinute, onLearning)
  const run = replay(condition, { startMinute: fromMinute, counts }, (minute) => baselines.at(minute))
  let done = run.next()
  for (let hours = 1; done.done !== true; hours++) {
    if (hours % 24 === 0) await baselines.load(fromMinute + hours * MINUTES_PER_HOUR, onLearning)
    await setImmediate()
    signal.throwIfAborted()
    done = run.next()
  }
  const knownMinutes = counts.filter((count) => count !== null).length
  return reportOf(done.value, { ...span, knownMinutes, learningUntil })
}

/** Before it nobody knows whether there was a Jira to count. */
async function firstTicket(
  store: Pick<Store, 'outside'>,
  siteId: string,
  scope: Parameters<Store['outside']>[2],
  { fromMinute, toMinute }: { readonly fromMinute: Minute; readonly toMinute: Minute },
): Promise<Minute> {
  const { before, firstAfterMs } = await store.outside(siteId, { fromMinute, toMinute: fromMinute }, scope)
  if (before > 0) return fromMinute
  return firstAfterMs === null ? toMinute : Math.min(toMinute, minuteOf(firstAfterMs))
}

/** As many days of hourly baselines are at hand, and the one that an alert under way began with. */
const KEPT = 3 * 24

/** The baselines of a day after the other, an hour each. */
function keptBaselines(lastMinute: Minute, of: (minute: Minute) => Promise<Baseline>) {
  const kept = new Map<Minute, Baseline>()
  return {
    /** Those of the day that begins there. `onLearning`: the last minute of each hour in which too little was known. */
    async load(from: Minute, onLearning: (minute: Minute) => void = () => {}): Promise<void> {
      const to = Math.min(from + MINUTES_PER_DAY, lastMinute)
      for (let hour = hourOf(from); hour <= to; hour += MINUTES_PER_HOUR) {
        const baseline = kept.get(hour) ?? (await of(hour))
        kept.set(hour, baseline)
        if (baseline.isLearning) onLearning(hour + MINUTES_PER_HOUR)
        await setImmediate()
      }
      for (const hour of kept.keys()) if (kept.size > KEPT) kept.delete(hour)
    },
    at(minute: Minute): Baseline {
      const hour = hourOf(minute)
      const found = kept.get(hour)
      if (found === undefined) throw new Error('A baseline is asked for that was not loaded')
      // What is used stays.
      kept.delete(hour)
      kept.set(hour, found)
      return found
    },
  }
}

function hourOf(minute: Minute): Minute {
  return minute - (minute % MINUTES_PER_HOUR)
}

interface Replayed {
  readonly fromMinute: Minute
  readonly toMinute: Minute
  readonly knownMinutes: number
  readonly learningUntil: Minute | null
}

function reportOf(fired: readonly Fired[], replayed: Replayed): AlertReplay {
  const { fromMinute, toMinute, knownMinutes, learningUntil } = replayed
  return {
    fromMs: startOfMinute(fromMinute),
    toMs: startOfMinute(toMinute),
    weeks: knownMinutes / MINUTES_PER_WEEK,
    learningUntilMs: learningUntil === null ? null : startOfMinute(learningUntil),
    fired: fired.map((one) => firedIn(one, toMinute)).toReversed(),
    summary: summaryOf(fired.length, replayed),
  }
}

function firedIn({ startedMinute, onsetMinute, resolvedMinute, peak }: Fired, toMinute: Minute) {
  const span = { fromMinute: Math.min(onsetMinute, startedMinute), toMinute: resolvedMinute ?? toMinute }
  return {
    fromMs: startOfMinute(startedMinute),
    toMs: startOfMinute(span.toMinute),
    onsetMs: startOfMinute(span.fromMinute),
    peak: peak.tickets,
    address: alertAddress(span),
  }
}

function summaryOf(times: number, { knownMinutes, learningUntil, fromMinute }: Replayed): string {
  const length = lengthText(knownMinutes)
  if (knownMinutes === 0) return 'There is no ticket stored yet that could be gone through.'
  const often = times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`
  const said = times === 0 ? `Would not have fired in ${length}` : `Would have fired ${often} in ${length}`
  const learned = learningUntil === null ? 0 : learningUntil - fromMinute
  return learned === 0 ? `${said}.` : `${said}; of the first ${lengthText(learned)} too little was known.`
}

function lengthText(minutes: number): string {
  const days = Math.round(minutes / MINUTES_PER_DAY)
  if (days < 1) return 'less than a day'
  if (days < 14) return days === 1 ? '1 day' : `${days} days`
  return `${Math.round(days / 7)} weeks`
}
