import type { Session } from '../../src-shared/contract/tickets.ts'
import type { SiteClock } from '../../src-shared/domain/site-clock.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { WatchChoice } from '../../src-shared/contract/settings.ts'
import type { Config } from '../config/config.ts'
import type { AuthGates } from '../jira/auth-gate.ts'
import type { Jira } from '../jira/jira.ts'
import type { RequestPolicy } from '../jira/link.ts'
import type { Log } from '../runtime/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { SiteMemory } from './site-memory.ts'

/** The Jira that is watched, with what belongs to it alone: its identity, its time, and how to leave it. */
export interface Site {
  readonly id: string
  readonly about: Session['site']
  readonly jira: Jira
  /** By the field's id. */
  readonly watch: WatchChoice
  readonly time: SiteTime
  /** The address that its tickets name in what it says of them. */
  readonly baseUrl: () => string
  /** Runs the site's clock faster until a time on it. Only the sandbox can: a real Jira stamps `created` itself. */
  readonly compress?: (rate: number, untilSiteMs: number, signal: AbortSignal) => Promise<SiteClock>
  /** As of `SiteJira`. */
  resetAuthGate(): void
  /** Called when a Jira that was gone can be reached again, until the site is closed. */
  onBack(listener: () => void): void
  close(): Promise<void>
}

/** What it takes to open one. */
export interface SiteParts {
  readonly network: Config['network']
  readonly projectKey: string | null
  readonly secrets: Pick<Secrets, 'kept' | 'vault'>
  readonly memory: SiteMemory
  /** Those of the whole program; each connection its own where absent. */
  readonly gates?: AuthGates | undefined
  readonly clock: Clock
  readonly log: Log
  readonly metrics?: Metrics | undefined
  readonly policy?: RequestPolicy | undefined
  readonly signal: AbortSignal
}
