import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { Preflight, WatchChoice } from '../../src-shared/contract/settings.ts'
import { plannedSize, requestedTimes } from '../../src-shared/domain/run/plan-times.ts'
import { weightedNames } from '../../src-shared/domain/run/weights.ts'
import { type AppError, noTicketMade } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import { runPreflight } from '../preflight/preflight.ts'

/** What a run needs before its first ticket. Throws `not-confirmed`, or `jira-refused` with what is not right. */
export type RunPrecondition = (request: RunRequest) => Promise<void>

interface PreconditionParts {
  readonly session: Omit<Session, 'clock'>
  readonly jira: Jira
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Whether a person had the same checked just now. */
  readonly wasChecked: (projectKey: string, watch: WatchChoice) => boolean
}

/**
 * A run in a real Jira makes tickets that other people see, so the person agrees to it by the site's own name, and
 * everything that it needs is tried before. The sandbox is there to be filled.
 */
export function createRunPrecondition({
  session,
  jira,
  clock,
  signal,
  wasChecked,
}: PreconditionParts): RunPrecondition {
  const { site, watchedField, watched, tokenExpiresOn } = session
  return async (request) => {
    if (site.kind === 'sandbox') return
    const keys = projectsOf(request, session.projectKey)
    if (request.confirmedSite !== site.id) throw notConfirmed(site.label, keys, request)
    const watch = { field: watchedField, ids: watched.map(({ id }) => id) }
    for (const projectKey of keys) {
      if (projectKey !== null && wasChecked(projectKey, watch)) continue
      const choice = { projectKey, watch, tokenExpiresOn }
      refuseRed(await runPreflight(jira, choice, { clock, signal, needs: 'create' }))
    }
  }
}

/** Null: the only project that the account sees. */
function projectsOf({ projects, projectKey }: RunRequest, usual: string | null): (string | null)[] {
  return projects === undefined ? [projectKey ?? usual] : weightedNames(projects)
}

function notConfirmed(label: string, keys: readonly (string | null)[], request: RunRequest): AppError {
  const named = keys.filter((key) => key !== null)
  const what = named.length > 1 ? `the projects ${named.join(', ')}` : `project ${named.join('')}`
  const where = named.length === 0 ? label : `${what} of ${label}`
  const { count } = plannedSize(requestedTimes(request))
  return noTicketMade(
    'not-confirmed',
    `This would create ${count} tickets in ${where}, a real Jira.`,
    'Say yes to it first: in the window by its button, on the command line with --yes.',
  )
}

function refuseRed({ steps, state }: Preflight): void {
  if (state === 'green') return
  const failed = steps.find((step) => step.state === 'failed')
  throw noTicketMade(
    'jira-refused',
    `The check before the run found: ${failed?.message ?? 'it did not come to its end.'}`,
    failed?.hint ?? '',
  )
}
