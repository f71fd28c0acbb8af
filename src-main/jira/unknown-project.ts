import { AppError, type ErrorCode } from '../../src-shared/errors/app-error.ts'
import type { Jira } from './jira.ts'

/** So many keys are named in a sentence; a site may have thousands. */
const NAMED = 20

/** What is wrong with a project that the account does not see, and what it sees. `consequence` is a sentence, too. */
export function unknownProject(
  key: string,
  seen: readonly string[],
  { code, consequence }: { readonly code: ErrorCode; readonly consequence: string },
): AppError {
  return new AppError(code, `The account sees no project with the key ${key}. ${consequence}`.trim(), {
    hint: `It sees ${keyList(seen)}.`,
  })
}

/** Throws `usage` where the account does not see a project that somebody named. */
export async function refuseUnknownProject(
  jira: Pick<Jira, 'projects'>,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const seen = (await jira.projects(signal)).map((project) => project.key)
  if (!seen.includes(key))
    throw unknownProject(key, seen, { code: 'usage', consequence: 'Nothing was done.' })
}

export function keyList(keys: readonly string[]): string {
  const more = keys.length - NAMED
  const named = keys.toSorted().slice(0, NAMED).join(', ')
  return more > 0 ? `${named} and ${more} more` : named || 'none'
}
