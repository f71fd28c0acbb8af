import type { Session } from '../src-shared/contract/models.ts'
import type { SiteClock } from '../src-shared/domain/site-clock.ts'
import { createSiteTime, type Clock, type SiteTime } from './clock.ts'
import type { Config } from './config/config.ts'
import { createCloudJira } from './jira/cloud.ts'
import type { Jira } from './jira/jira.ts'
import type { Log } from './log.ts'
import { createClockControl } from './sandbox/sandbox-control.ts'
import { openSandbox } from './workspace/sandbox-connection.ts'

/** The Jira that is watched, with what belongs to it alone: its identity, its time, and how to leave it. */
export interface Site {
  readonly id: string
  readonly about: Session['site']
  readonly jira: Jira
  readonly time: SiteTime
  /** Runs the site's clock faster until a time on it. Only the sandbox can: a real Jira stamps `created` itself. */
  readonly compress?: (rate: number, untilSiteMs: number, signal: AbortSignal) => Promise<SiteClock>
  close(): Promise<void>
}

interface SiteOptions {
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** Opens the configured Jira. Starts the sandbox where it is wanted and does not run yet; asks a real Jira nothing. */
export function openSite(config: Config, options: SiteOptions): Promise<Site> {
  return config.jira.kind === 'sandbox'
    ? openSandboxSite(config, options)
    : openCloudSite(config.jira, options)
}

async function openCloudSite(
  { url, email, apiToken }: { url: string; email: string; apiToken: string },
  { clock }: SiteOptions,
): Promise<Site> {
  const { host } = new URL(url)
  return {
    id: host,
    about: { id: host, kind: 'cloud', label: host, browseUrl: url.replace(/\/$/, '') },
    jira: createCloudJira({ url, email, apiToken, clock }),
    time: createSiteTime(clock),
    close: async () => {},
  }
}

async function openSandboxSite(config: Config, { clock, log, signal }: SiteOptions): Promise<Site> {
  const sandbox = await openSandbox({ config, log })
  const control = createClockControl(sandbox)
  const time = createSiteTime(clock)
  time.set(await control.get(signal))
  return {
    id: sandbox.siteId,
    about: { id: sandbox.siteId, kind: 'sandbox', label: 'Sandbox', browseUrl: null },
    jira: createCloudJira({ ...sandbox, clock }),
    time,
    compress: async (rate, untilSiteMs, runSignal) => {
      const next = await control.run(rate, untilSiteMs, runSignal)
      time.set(next)
      return next
    },
    close: () => sandbox.stop(),
  }
}
