import type { EventHub } from '../../src-shared/contract/client.ts'
import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { PRIORITY_FIELD, type Priority, type WatchedField } from '../../src-shared/domain/ticket.ts'
import type { SiteClock } from '../../src-shared/domain/site-clock.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import type { Log } from '../runtime/log.ts'
import type { LeaseStore } from '../store/leases.ts'
import type { LedgerStore, Run } from '../store/ledger/ledger.ts'
import type { StoreConnection } from '../store/store.ts'

/** What the generator works with. */
export interface GeneratorParts extends Partial<RunLimits> {
  readonly siteId: string
  /** Where tickets go unless a run asks otherwise; null: the only project that the account sees. */
  readonly projectKey?: string | null
  /** The field that decides what is watched, so what a run's tickets are given; the priority where absent. */
  readonly watchedField?: WatchedField
  /** Its values that are watched; none are known where absent, and no run can be asked for of those alone. */
  readonly watched?: readonly Priority[]
  readonly jira: Jira
  readonly store: LedgerStore & LeaseStore & StoreConnection
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly hub: EventHub
  /** Names this process among those that share the store. */
  readonly owner: string
  /** Runs the site's clock, and `siteTime` with it, faster until a time on it. Absent where the site cannot. */
  readonly compress?: (rate: number, untilSiteMs: number, signal: AbortSignal) => Promise<SiteClock>
  /** Called for a run that is a drill, before its first ticket. Throws as the store. */
  readonly beginDrill?: (run: Run, drill: NonNullable<RunRequest['drill']>) => Promise<void>
  /** Called for each ticket that was made; `siteMs` is the site's time when that was known. */
  readonly onCreated: (id: string, key: string, siteMs: number) => void
  readonly log: Pick<Log, 'warn' | 'error' | 'info'>
}

/** What is to be done for a run. */
export interface WorkOrder {
  /** Whether slots still planned are sent. */
  readonly planned: boolean
  /** See `ResumeRequest`. */
  readonly unknown: 'look' | 'send' | 'drop'
}

export const USUAL_ORDER: WorkOrder = { planned: true, unknown: 'look' }

/** What tickets are given where nothing else is watched. */
export const USUAL_FIELD: WatchedField = { id: PRIORITY_FIELD, name: 'Priority' }

export interface RunLimits {
  /** Real milliseconds for which a slot without a clear answer is looked for in Jira. */
  readonly patienceMs: number
  /** Real milliseconds from a slot's claim after which its request cannot take effect any more, wherever it is on its way. */
  readonly inFlightMs: number
  /** The most keys of a project that are read to prove that a slot was not made. */
  readonly maxKeys: number
  /** Requests under way at once: slow answers do not delay the next slots until this many. */
  readonly maxRequests: number
}

export const USUAL_LIMITS: RunLimits = {
  patienceMs: 15_000,
  inFlightMs: 90_000,
  maxKeys: 10_000,
  maxRequests: 16,
}
