import type { CleanUpPreview } from '../../src-shared/contract/clean-up.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { runLabel } from '../generator/marks.ts'
import type { Run } from '../store/ledger.ts'
import type { Kept, OwnTicket, Survey } from './survey.ts'

/** As many keys as a search for a person may leave out by name. */
const MAX_EXCLUDED_KEYS = 100

/** As many keys, and as many tickets that stay, as a preview or an event names. */
export const MAX_NAMED = 1_000

/** A run that may go on has no clean-up: nothing was asked of Jira. */
export function previewOfOpen(run: Run): CleanUpPreview {
  return { runId: run.runId, count: 0, keys: [], gone: 0, kept: [], refusal: openRun(run) }
}

export function previewOf(survey: Survey): CleanUpPreview {
  const { run, permitted, forbidden, kept, goneIds, removed, hiddenProjects } = survey
  const isRefused = permitted.length === 0 && forbidden.length > 0
  const count = isRefused ? forbidden : permitted
  const stay = isRefused ? kept : [...kept, ...forbidden.map(keptForbidden)]
  const sees = count.length > 0 || hiddenProjects.length === 0
  return {
    runId: run.runId,
    count: count.length,
    keys: count.slice(0, MAX_NAMED).map(({ key }) => key),
    gone: goneIds.length + removed,
    kept: stay.slice(0, MAX_NAMED),
    refusal: isRefused ? notPermitted(survey) : sees ? null : unseenProjects(survey),
  }
}

export function keptForbidden({ key, projectKey }: OwnTicket): Kept {
  return { key, reason: `The account may not delete tickets in ${projectKey}.` }
}

/** Why a run's tickets cannot be deleted, and what to do then. */
type CleanUpRefusal = NonNullable<CleanUpPreview['refusal']>

export function openRun({ runId, state }: Pick<Run, 'runId' | 'state'>): CleanUpRefusal {
  const how = state === 'paused' ? 'is paused' : 'is still under way'
  return {
    message: `Run ${runId} ${how}, and may make more tickets. Nothing was deleted.`,
    hint: 'Stop it first (jira-tpm stop), then clean up.',
  }
}

/** The account may delete none of the tickets that the run made. */
function notPermitted({ run, forbidden, keptLabelled }: Survey): CleanUpRefusal {
  const projects = listed(forbidden.map(({ projectKey }) => projectKey))
  const search = searchFor(run.runId, keptLabelled)
  return {
    message: `The account may not delete tickets in ${projects}. Nothing was deleted.`,
    hint: `Ask an administrator of ${projects} for "Delete issues", or ${search}`,
  }
}

/** The account lost a permission while tickets were deleted. */
export function permissionLost(lost: {
  readonly runId: string
  readonly projectKey: string
  readonly permission: 'browse' | 'delete'
}): AppError {
  const { runId, projectKey, permission } = lost
  const sees = permission === 'delete'
  return new AppError(
    'jira-refused',
    sees
      ? `The account may not delete tickets in ${projectKey} any more. The others stay.`
      : `The account does not see ${projectKey} any more. The others stay.`,
    {
      hint: sees
        ? `Ask an administrator of ${projectKey} for "Delete issues", or ${searchFor(runId, [])}`
        : `Ask an administrator of ${projectKey} for "Browse projects".`,
    },
  )
}

function unseenProjects({ hiddenProjects }: Survey): CleanUpRefusal {
  const projects = listed(hiddenProjects)
  return {
    message: `The account does not see ${projects}, where the run made its tickets. Nothing was deleted.`,
    hint: `Ask an administrator of ${projects} for "Browse projects" and "Delete issues".`,
  }
}

/** What somebody with the permission does in Jira itself; what only looks like the run's is left out. */
function searchFor(runId: string, keptLabelled: readonly string[]): string {
  const label = runLabel(runId)
  if (keptLabelled.length > MAX_EXCLUDED_KEYS) {
    return `look through what this search finds in Jira, other people's tickets among it: labels = ${label}`
  }
  const except = keptLabelled.length === 0 ? '' : ` AND key not in (${keptLabelled.join(', ')})`
  return `bulk-delete the issues that this search finds in Jira: labels = ${label}${except}`
}

/** `OPS`, `OPS and TPM`, each once. */
function listed(keys: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format([...new Set(keys)].toSorted())
}
