import type { CleanUpPreview } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { runLabel } from '../generator/marks.ts'
import type { Run } from '../store/store.ts'
import type { Survey } from './survey.ts'

/** Why a run's tickets cannot be deleted, and what to do then. */
export type CleanUpRefusal = NonNullable<CleanUpPreview['refusal']>

/** As many keys as a search for a person may leave out by name. */
const MAX_EXCLUDED_KEYS = 100

export function openRun({ runId, state }: Pick<Run, 'runId' | 'state'>): CleanUpRefusal {
  const how = state === 'paused' ? 'is paused' : 'is still under way'
  return {
    message: `Run ${runId} ${how}, and may make more tickets. Nothing was deleted.`,
    hint: 'Stop it first (jira-tpm stop), then clean up.',
  }
}

/** The account may delete none of the tickets that the run made. */
export function notPermitted({ run, forbidden, keptLabelled }: Survey): CleanUpRefusal {
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

export function unseenProjects({ hiddenProjects }: Survey): CleanUpRefusal {
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
