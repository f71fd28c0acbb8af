/**
 * Measurements of the core's work, for monitoring: numbers alone, with labels of a few known values.
 * The core does not know what reads them; `prometheus.ts` does. Durations are in seconds, as those who read them
 * expect. Telling costs nothing that could fail.
 */
export interface Metrics {
  /** Each request that left for Jira, and how long its whole answer took. */
  readonly jiraRequests: Distribution<{ readonly endpoint: string; readonly status: JiraStatus }>
  /** Each wait for a limit of Jira's that lasted, before a request. */
  readonly jiraWaits: Distribution
  /** Requests that were not sent, because Jira's limit lets them through too late. */
  readonly jiraHeldBack: Counter
  /** The largest amount of a budget, and what is left of it, as in Jira's last answer. */
  readonly jiraLimit: Gauge<{ readonly budget: string }>
  readonly jiraRemaining: Gauge<{ readonly budget: string }>
  /** Each pass of fetching by this process. */
  readonly fetches: Distribution<{ readonly outcome: 'done' | 'failed' | 'cancelled' }>
  /** Tickets as they were written to the store by this process. */
  readonly tickets: Counter<{ readonly change: 'inserted' | 'updated' | 'left' }>
  /** Slots of runs as this process wrote them to the ledger. */
  readonly slotsPlanned: Counter
  readonly slots: Counter<{ readonly outcome: 'created' | 'failed' | 'unknown' | 'skipped' }>
  /** Between a slot's planned time and its request. */
  readonly lateness: Distribution
  /** Each call to the store. */
  readonly storeCalls: Distribution<StoreLabels>
  readonly storeFailures: Counter<StoreLabels>
}

/** `2xx` to `5xx`; `none`: there was no answer; `429`: a limit was met. */
export type JiraStatus = '2xx' | '3xx' | '4xx' | '429' | '5xx' | 'none'

export type StoreLabels = {
  readonly engine: 'sqlite' | 'postgres'
  readonly kind: 'read' | 'commit'
}

type None = Readonly<Record<string, never>>

export interface Counter<Labels = None> {
  add(labels: Labels, by?: number): void
}

export interface Gauge<Labels = None> {
  set(labels: Labels, value: number): void
}

/** How often, and how much in all and by size. */
export interface Distribution<Labels = None> {
  observe(labels: Labels, value: number): void
}

const ignored = { add() {}, set() {}, observe() {} }

/** Nobody listens. */
export const NO_METRICS: Metrics = {
  jiraRequests: ignored,
  jiraWaits: ignored,
  jiraHeldBack: ignored,
  jiraLimit: ignored,
  jiraRemaining: ignored,
  fetches: ignored,
  tickets: ignored,
  slotsPlanned: ignored,
  slots: ignored,
  lateness: ignored,
  storeCalls: ignored,
  storeFailures: ignored,
}
