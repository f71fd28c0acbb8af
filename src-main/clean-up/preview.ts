import type { CleanUpPreview } from '../../src-shared/contract/models.ts'
import type { Run } from '../store/store.ts'
import type { Kept, OwnTicket } from './own-ticket.ts'
import { notPermitted, openRun, unseenProjects } from './refusals.ts'
import type { Survey } from './survey.ts'

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
