import type { RunRequest, Session } from '../src-shared/contract/models.ts'
import type { Preflight } from '../src-shared/contract/settings-models.ts'
import { DEFAULT_COUNT } from '../src-shared/domain/run-plan.ts'
import { AppError } from '../src-shared/errors/app-error.ts'
import type { Clock } from './clock.ts'
import type { Jira } from './jira/jira.ts'
import { runPreflight } from './preflight/preflight.ts'

/** What a run needs before its first ticket. Throws `not-confirmed`, or `jira-refused` with what is not right. */
export type RunPermit = (request: RunRequest) => Promise<void>

interface PermitParts {
  readonly session: Omit<Session, 'clock'>
  readonly jira: Jira
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * A run in a real Jira makes tickets that other people see, so the person agrees to it by the site's own name, and
 * everything that it needs is tried before. The sandbox is there to be filled.
 */
export function createRunPermit({ session, jira, clock, signal }: PermitParts): RunPermit {
  const { site, watchedField, watched, tokenExpiresOn } = session
  return async (request) => {
    if (site.kind === 'sandbox') return
    const projectKey = request.projectKey ?? session.projectKey
    if (request.confirmedSite !== site.id) throw notConfirmed(site.label, projectKey, request)
    const watch = { field: watchedField, ids: watched.map(({ id }) => id) }
    const choice = { projectKey, watch, tokenExpiresOn }
    refuseRed(await runPreflight(jira, choice, { clock, signal, needs: 'create' }))
  }
}

function notConfirmed(label: string, projectKey: string | null, { count }: RunRequest): AppError {
  const where = projectKey === null ? label : `project ${projectKey} of ${label}`
  return new AppError(
    'not-confirmed',
    `This would create ${count ?? DEFAULT_COUNT} tickets in ${where}, a real Jira. No ticket was made.`,
    { hint: 'Say yes to it first: in the window by its button, on the command line with --yes.' },
  )
}

function refuseRed({ steps, state }: Preflight): void {
  if (state === 'green') return
  const failed = steps.find((step) => step.state === 'failed')
  throw new AppError(
    'jira-refused',
    `The check before the run found: ${failed?.message ?? 'it did not come to its end.'} No ticket was made.`,
    { hint: failed?.hint ?? '' },
  )
}
