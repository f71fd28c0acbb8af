import type { Session } from '../src-shared/contract/models.ts'
import type { SiteClock } from '../src-shared/domain/site-clock.ts'
import { createSiteTime, type Clock, type SiteTime } from './clock.ts'
import { createCloudJira } from './jira/cloud.ts'
import type { Jira } from './jira/jira.ts'
import type { Log } from './log.ts'

/** The Jira that is watched, with what belongs to it alone: its identity, its time, and how to leave it. */
export interface Site {
  readonly id: string
  readonly about: Session['site']
  readonly jira: Jira
  readonly time: SiteTime
  /** Runs the site's clock faster until a time on it. Only the sandbox can: a real Jira stamps `created` itself. */
  readonly compress?: (rate: number, untilSiteMs: number, signal: AbortSignal) => Promise<SiteClock>
  /** Hears when a Jira that was gone can be reached again, until the site is closed. */
  onBack(listener: () => void): void
  close(): Promise<void>
}

export interface SiteOptions {
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** A Jira Cloud site. Asks it nothing yet. */
export function openCloudSite(
  { url, email, apiToken }: { url: string; email: string; apiToken: string },
  clock: Clock,
): Site {
  const { host } = new URL(url)
  return {
    id: host,
    about: { id: host, kind: 'cloud', label: host, browseUrl: url.replace(/\/$/, '') },
    jira: createCloudJira({ url, email, apiToken, clock }),
    time: createSiteTime(clock),
    onBack: () => {}, // only its answers tell
    close: async () => {},
  }
}
