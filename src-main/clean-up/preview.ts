import type { CleanUpPreview } from '../../src-shared/contract/runs/clean-up.ts'
import { AppError, failureOf, toWireError } from '../../src-shared/errors/app-error.ts'
import { runLabel } from '../generator/marks.ts'
import type { Run } from '../store/ledger/ledger.ts'
import type { Kept, OwnTicket, Survey } from './survey.ts'

/** As many keys as a search for a person may leave out by name. */
const MAX_EXCLUDED_KEYS = 100

/** As many keys, and as many tickets that stay, as a preview or an event names. */
export const MAX_NAMED = 1_000

/** A run that may go on has no clean-up: nothing was asked of Jira. */
export function previewOfOpen(run: Run): CleanUpPreview {
  return { runId: run.runId, count: 0, keys: [], gone: 0, kept: [], refusal: refusalView(openRun(run)) }
}

export function previewOf(survey: Survey): CleanUpPreview {
  const { run, permitted, forbidden, kept, goneIds, removed } = survey
  const isRefused = permitted.length === 0 && forbidden.length > 0
  const count = isRefused ? forbidden : permitted
  const stay = isRefused ? kept : [...kept, ...forbidden.map(keptForbidden)]
  const refusal = refusalOf(survey)
  return {
    runId: run.runId,
    count: count.length,
    keys: count.slice(0, MAX_NAMED).map(({ key }) => key),
    gone: goneIds.length + removed,
    kept: stay.slice(0, MAX_NAMED),
    refusal: refusal && refusalView(refusal),
  }
}

export function keptForbidden({ key, projectKey }: OwnTicket): Kept {
  return { key, reason: `The account may not delete tickets in ${projectKey}.` }
}

/** Why a run's tickets are not deleted. `search`: where the hint ends with a search in Jira, its two parts. */
class CleanUpRefusal extends AppError {
  readonly search: JiraSearch | undefined

  constructor(
    code: 'busy' | 'jira-refused',
    what: string,
    {
      consequence = 'Nothing was deleted.',
      ask,
      search,
    }: { consequence?: string; ask: string; search?: JiraSearch },
  ) {
    super(code, what, {
      consequence,
      hint: search === undefined ? ask : `${ask} ${search.before} ${search.jql}`,
    })
    this.search = search && { before: `${ask} ${search.before}`, jql: search.jql }
  }
}

interface JiraSearch {
  readonly before: string
  readonly jql: string
}

/** The same as a result has it. */
export function refusalView(error: unknown): NonNullable<CleanUpPreview['refusal']> {
  const search = error instanceof CleanUpRefusal ? error.search : undefined
  return { ...failureOf(toWireError(error)), ...(search !== undefined && { search }) }
}

export function openRun({ runId, state }: Pick<Run, 'runId' | 'state'>): CleanUpRefusal {
  const how = state === 'paused' ? 'is paused' : 'is still under way'
  const ask = 'Stop it first (jira-tpm stop), then clean up.'
  return new CleanUpRefusal('busy', `Run ${runId} ${how}, and may make more tickets.`, { ask })
}

/** Null where the account may delete some of the tickets that the run made, or there are none. */
export function refusalOf(survey: Survey): CleanUpRefusal | null {
  const { permitted, forbidden, hiddenProjects, run, keptLabelled } = survey
  if (permitted.length > 0) return null
  if (forbidden.length > 0) {
    const projects = listed(forbidden.map(({ projectKey }) => projectKey))
    const ask = `Ask an administrator of ${projects} for "Delete issues", or`
    const search = searchFor(run.runId, keptLabelled)
    return new CleanUpRefusal('jira-refused', `The account may not delete tickets in ${projects}.`, {
      ask,
      search,
    })
  }
  if (hiddenProjects.length === 0) return null
  const projects = listed(hiddenProjects)
  const what = `The account does not see ${projects}, where the run made its tickets.`
  const ask = `Ask an administrator of ${projects} for "Browse projects" and "Delete issues".`
  return new CleanUpRefusal('jira-refused', what, { ask })
}

/** The account lost a permission while tickets were deleted. */
export function permissionLost(lost: {
  readonly runId: string
  readonly projectKey: string
  readonly permission: 'browse' | 'delete'
}): CleanUpRefusal {
  const { runId, projectKey, permission } = lost
  const consequence = 'The others stay.'
  if (permission === 'delete') {
    const ask = `Ask an administrator of ${projectKey} for "Delete issues", or`
    const what = `The account may not delete tickets in ${projectKey} any more.`
    return new CleanUpRefusal('jira-refused', what, { consequence, ask, search: searchFor(runId, []) })
  }
  const ask = `Ask an administrator of ${projectKey} for "Browse projects".`
  return new CleanUpRefusal('jira-refused', `The account does not see ${projectKey} any more.`, {
    consequence,
    ask,
  })
}

/** What somebody with the permission does in Jira itself; what only looks like the run's is left out. */
function searchFor(runId: string, keptLabelled: readonly string[]): JiraSearch {
  const label = runLabel(runId)
  if (keptLabelled.length > MAX_EXCLUDED_KEYS) {
    const before = "look through what this search finds in Jira, other people's tickets among it:"
    return { before, jql: `labels = ${label}` }
  }
  const except = keptLabelled.length === 0 ? '' : ` AND key not in (${keptLabelled.join(', ')})`
  const before = 'bulk-delete the issues that this search finds in Jira:'
  return { before, jql: `labels = ${label}${except}` }
}

/** `OPS`, `OPS and TPM`, each once. */
function listed(keys: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format([...new Set(keys)].toSorted())
}
