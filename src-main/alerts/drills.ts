import type { Drill } from '../../src-shared/contract/alerts/drills.ts'
import type { RunProgress, RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { drillVerdict, isOfStorms, type DrillTimes } from '../../src-shared/domain/run/drill.ts'
import { stormBegins } from '../../src-shared/domain/run/profile-times.ts'
import { parseProfile } from '../../src-shared/domain/run/profile.ts'
import { machineTime } from '../../src-shared/domain/site-clock.ts'
import { noTicketMade, type AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'

interface DrillParts {
  readonly siteId: string
  readonly store: Pick<Store, 'addDrill' | 'drill' | 'alertRules'>
  readonly clock: Pick<Clock, 'now'>
  readonly time: Pick<SiteTime, 'current'>
  /** Whether a file stands in for the store that has the rules. */
  readonly isFallback: boolean
}

type DrilledRun = Pick<RunProgress, 'runId' | 'profile' | 'startMs' | 'endMs'>
type DrillRequest = NonNullable<RunRequest['drill']>

/** So long after its end a run's tickets still count for the rules: an alarm may be late, and is over only then. */
const AFTERWARDS_MS = 60 * MS_PER_MINUTE
/** A ticket takes so long (real ms) at most until a rule has seen it, where Jira's index keeps up. */
const SEEN_MS = 5_000

export type Drills = ReturnType<typeof createDrills>

/** Runs that rehearse an alarm. */
export function createDrills({ siteId, store, clock, time, isFallback }: DrillParts) {
  const rulesOn = async (): Promise<string[]> =>
    (await store.alertRules(siteId))
      .filter(({ on, condition }) => on && isOfStorms(condition))
      .map(({ name }) => name)
  return {
    /** Throws `usage` where no alarm could come. Throws as the store. */
    async check(): Promise<void> {
      if (isFallback) throw standsIn()
      if ((await rulesOn()).length === 0) throw noRule()
    },
    /** The tickets of a run that is about to begin count for the rules from now on. Throws as the store. */
    async begin(run: DrilledRun, { withinMinutes }: DrillRequest): Promise<void> {
      const times = drillTimes(run, withinMinutes)
      const untilMs = Math.max(run.endMs, times.dueMs) + AFTERWARDS_MS
      await store.addDrill(siteId, run.startMs, {
        runId: run.runId,
        ...times,
        untilMs,
        rules: await rulesOn(),
      })
    },
    /** How it went by now; null for a run that is no drill. Throws as the store. */
    async get(runId: string): Promise<Drill | null> {
      const found = await store.drill(siteId, runId)
      if (found === null) return null
      const { stormMs, dueMs, rules } = found.drill
      const lastMs = machineTime(time.current(), dueMs + MS_PER_MINUTE) + SEEN_MS
      const verdict = drillVerdict({ stormMs, dueMs }, found.alarms, clock.now() >= lastMs)
      return { runId, stormMs, dueMs, rules: [...rules], ...verdict }
    },
  }
}

function drillTimes({ profile, startMs, endMs }: DrilledRun, withinMinutes: number): DrillTimes {
  const afterMs = profile.startsWith('replay') ? 0 : stormBegins(parseProfile(profile), endMs - startMs)
  const stormMs = startMs + afterMs
  return { stormMs, dueMs: stormMs + Math.round(withinMinutes * MS_PER_MINUTE) }
}

function noRule(): AppError {
  return noTicketMade(
    'usage',
    'No rule is on that rings for many tickets, so no alarm could come.',
    'Add one (jira-tpm alerts add --above-usual), or switch one on.',
  )
}

function standsIn(): AppError {
  return noTicketMade(
    'usage',
    'The rules are kept in the store that is set, and a file on this computer stands in for it: no alarm could come.',
    'Wait until the store can be reached again.',
  )
}
