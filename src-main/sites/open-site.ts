import type { WatchChoice } from '../../src-shared/contract/settings.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from '../config/config.ts'
import { watchedValues } from '../jira/watched.ts'
import type { Log } from '../runtime/log.ts'
import { openRealSite } from './real-site.ts'
import { openSandboxSite } from './sandbox-site.ts'
import { soonWhere, type SiteMemory } from './site-memory.ts'
import type { Site, SiteParts } from './site.ts'

/** Opens the configured Jira. Starts the sandbox where it is wanted and does not run yet. */
export async function openSite(config: Config, parts: SiteParts): Promise<Site> {
  const { jira } = config
  return jira.kind === 'sandbox' ? openSandboxSite(config, parts) : openRealSite(jira, parts)
}

interface WatchedParts {
  readonly projectKey: string | null
  readonly isProjectNamed: boolean
  readonly choice: WatchChoice
  readonly memory: SiteMemory
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * The values that are watched, asked of Jira. While it does not answer, those of the last time: what is stored can then
 * be shown, and the fetches say what is wrong. Throws Jira's own AppError where there was no last time.
 */
export async function watchedOf(site: Site, parts: WatchedParts): Promise<readonly Priority[]> {
  const { projectKey, isProjectNamed, choice, memory, log, signal } = parts
  const name = JSON.stringify([choice.field.id, ...choice.ids])
  const last = await memory.watched(site.id, name)
  const soon = soonWhere(last, signal)
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
