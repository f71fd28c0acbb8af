import type { WatchChoice } from '../../src-shared/contract/settings-models.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { watchedValues } from '../jira/watched.ts'
import type { Log } from '../runtime/log.ts'
import type { Site } from './site.ts'
import type { SiteMemory } from './site-memory.ts'

interface WatchedParts {
  readonly projectKey: string | null
  readonly isProjectNamed: boolean
  readonly choice: WatchChoice
  readonly memory: SiteMemory
  readonly log: Log
  readonly signal: AbortSignal
}

/** Real milliseconds that an opening waits for a Jira whose answer of the last time is known: then that holds. */
const PATIENCE_MS = 3_000

/**
 * The values that are watched, asked of Jira. While it does not answer, those of the last time: what is stored can then
 * be shown, and the fetches say what is wrong. Throws Jira's own AppError where there was no last time.
 */
export async function watchedOf(site: Site, parts: WatchedParts): Promise<readonly Priority[]> {
  const { projectKey, isProjectNamed, choice, memory, log, signal } = parts
  const name = JSON.stringify([choice.field.id, ...choice.ids])
  const last = await memory.watched(site.id, name)
  const soon = last === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  try {
    const onUnknown = (ids: readonly string[]): void =>
      log.warn({ ids }, 'some of the values chosen to be watched are not on the site any more')
    const watched = await watchedValues(site.jira, { projectKey, isProjectNamed, choice, onUnknown }, soon)
    await memory.rememberWatched(site.id, name, watched)
    return watched
  } catch (error) {
    if (!(error instanceof AppError) || ['not-configured', 'usage'].includes(error.code)) throw error
    if (last === null || signal.aborted) throw error
    log.warn({ code: error.code }, `what was watched the last time is watched: ${error.message}`)
    return last
  }
}
