import { hasSlept, reasonText, waitsForStore, whyText, workedOnBy } from '../domain/run/run-reason.ts'
import type { EventName, EventPayload } from './events.ts'
import type { MethodName, Result } from './methods.ts'
import type { RunProgress } from './runs/runs.ts'
import { CONTRACT_VERSION } from './version.ts'

/**
 * What differs in the version before this one, as its programs know it. Parameters that it took are still taken, and what came since
 * is only more. With another version this table is written anew, and its record in `test-support/contract` with it.
 */
const FORMER: {
  readonly results: { readonly [M in MethodName]?: (result: Result<M>) => unknown }
  readonly events: { readonly [E in EventName]?: (payload: EventPayload<E>) => unknown }
} = {
  results: {
    'runs.start': formerRun,
    'runs.pause': formerRun,
    'runs.resume': formerRun,
    'runs.stop': formerRun,
    'runs.get': formerRun,
    'runs.current': (run) => run && formerRun(run),
    'runs.list': ({ runs, more }) => ({ runs: runs.map(formerRun), more }),
  },
  events: { 'run.changed': formerRun },
}

/** What a method answers, as a caller of a version that is served knows it. */
export function resultFor(version: number, method: string, result: unknown): unknown {
  const translate = version === CONTRACT_VERSION ? undefined : FORMER.results[method as MethodName]
  return translate === undefined ? result : translate(result as never)
}

/** The same of an event. */
export function eventFor(version: number, event: EventName, payload: unknown): unknown {
  const translate = version === CONTRACT_VERSION ? undefined : FORMER.events[event]
  return translate === undefined ? payload : translate(payload as never)
}

/** Version 1 said why a run does not go on as a sentence, beside its state. */
function formerRun(run: RunProgress) {
  const [reason, why] = [reasonText(run), whyText(run)]
  return {
    ...run,
    by: workedOnBy(run),
    reason,
    ...(why !== null && why !== reason && { why }),
    ...(waitsForStore(run) && { waits: true }),
    ...(hasSlept(run) && { slept: true }),
  }
}
