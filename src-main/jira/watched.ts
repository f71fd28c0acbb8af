import type { Priority } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira } from './jira.ts'

const WATCHED_NAMES = new Set(['highest', 'high'])

/** The priorities to watch on a site, most urgent first. Throws `not-configured` where it has neither High nor Highest. */
export async function watchedPriorities(jira: Jira, signal: AbortSignal): Promise<Priority[]> {
  return chooseWatched(await jira.priorities(signal))
}

/** High and Highest by name, in whatever case, in the order given. */
export function chooseWatched(priorities: readonly Priority[]): Priority[] {
  const watched = priorities.filter((priority) => WATCHED_NAMES.has(priority.name.trim().toLowerCase()))
  if (watched.length > 0) return watched
  const names = priorities.map((priority) => priority.name).join(', ')
  throw new AppError(
    'not-configured',
    `This Jira has no priority named High or Highest, so there is nothing to watch. It has: ${names || 'none at all'}.`,
    { hint: 'Rename a priority in Jira, or watch another site.' },
  )
}
