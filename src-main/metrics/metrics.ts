export interface Metric {
  readonly kind: 'counter' | 'gauge' | 'seconds'
  /** As Prometheus has it; so is the help. */
  readonly name: string
  readonly help: string
  /** With the few values that each takes; null: those that the teller of it knows. */
  readonly labels?: Readonly<Record<string, readonly string[] | null>>
  /** Upper bounds, in seconds. */
  readonly buckets?: readonly number[]
}

const STORE_LABELS = { engine: ['sqlite', 'postgres'], kind: ['read', 'commit'] } as const

/**
 * Measurements of the core's work, for monitoring: numbers alone, with labels of a few known values. The core does not know
 * what reads them; `prometheus.ts` does. docs/metrics.md lists them all.
 */
export const METRICS = {
  jiraRequests: {
    kind: 'seconds',
    name: 'jira_tpm_jira_request_duration_seconds',
    help: 'Requests to Jira, from sending to the whole answer, by what they ask for and how they were answered.',
    // `none`: there was no answer; `429`: a limit was met.
    labels: { endpoint: null, status: ['2xx', '3xx', '4xx', '429', '5xx', 'none'] },
    buckets: [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  jiraWaits: {
    kind: 'seconds',
    name: 'jira_tpm_jira_limit_wait_seconds',
    help: 'Waits of requests for a rate limit of Jira’s.',
    buckets: [0.05, 0.1, 0.5, 1, 5, 15, 60, 120],
  },
  jiraHeldBack: {
    kind: 'counter',
    name: 'jira_tpm_jira_requests_held_back_total',
    help: 'Requests that were not sent, because a rate limit of Jira’s lets them through too late.',
  },
  jiraLimit: {
    kind: 'gauge',
    name: 'jira_tpm_jira_limit_requests',
    help: 'The whole of a budget that Jira announced.',
    labels: { budget: null },
  },
  jiraRemaining: {
    kind: 'gauge',
    name: 'jira_tpm_jira_limit_remaining_requests',
    help: 'What was left of a budget when Jira last announced it.',
    labels: { budget: null },
  },
  fetches: {
    kind: 'seconds',
    name: 'jira_tpm_fetch_duration_seconds',
    help: 'Passes of fetching by this process, by how they ended.',
    labels: { outcome: ['done', 'failed', 'cancelled'] },
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  tickets: {
    kind: 'counter',
    name: 'jira_tpm_tickets_written_total',
    help: 'Tickets that this process wrote to the store: new ones, changed ones, and those that are no longer watched.',
    labels: { change: ['inserted', 'updated', 'left'] },
  },
  slotsPlanned: {
    kind: 'counter',
    name: 'jira_tpm_run_slots_planned_total',
    help: 'Slots of runs that this process planned; each is to make one ticket.',
  },
  slots: {
    kind: 'counter',
    name: 'jira_tpm_run_slots_total',
    help: 'Outcomes of slots that this process wrote down.',
    labels: { outcome: ['created', 'failed', 'unknown', 'skipped'] },
  },
  lateness: {
    kind: 'seconds',
    name: 'jira_tpm_run_lateness_seconds',
    help: 'Between the planned time of a slot that made its ticket and its request.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
  },
  hooks: {
    kind: 'counter',
    name: 'jira_tpm_hooks_total',
    help: 'Webhooks that this process was sent, by what became of them.',
    // `other`: of something else than tickets; `refused`: by a limit, or while they cannot be written down.
    labels: {
      outcome: [
        'taken',
        'other',
        'unsigned',
        'forged',
        'other-site',
        'old',
        'malformed',
        'too-large',
        'refused',
      ],
    },
  },
  storeCalls: {
    kind: 'seconds',
    name: 'jira_tpm_store_call_duration_seconds',
    help: 'Calls to the store, whole: waiting for a connection or the write lock, and the transaction.',
    labels: STORE_LABELS,
    // From tens of microseconds (a file) to seconds (a server far away).
    buckets: [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  storeFailures: {
    kind: 'counter',
    name: 'jira_tpm_store_call_failures_total',
    help: 'Calls to the store that failed.',
    labels: STORE_LABELS,
  },
} as const satisfies Record<string, Metric>

type Table = typeof METRICS

type LabelsOf<M> = M extends { readonly labels: infer L }
  ? { readonly [N in keyof L]: L[N] extends readonly (infer V)[] ? V : string }
  : Readonly<Record<string, never>>

export interface Instruments<L> {
  readonly counter: { add(labels: L, by?: number): void }
  readonly gauge: { set(labels: L, value: number): void }
  readonly seconds: { observe(labels: L, value: number): void }
}

/** Where the core tells them. That costs nothing that could fail. */
export type Metrics = {
  readonly [N in keyof Table]: Instruments<LabelsOf<Table[N]>>[Table[N]['kind']]
}

export type JiraStatus = LabelsOf<Table['jiraRequests']>['status']
export type StoreLabels = LabelsOf<Table['storeCalls']>

const ignored = { add() {}, set() {}, observe() {} }

/** Nobody listens. */
export const NO_METRICS: Metrics = Object.fromEntries(
  Object.keys(METRICS).map((name) => [name, ignored]),
) as Record<keyof Metrics, typeof ignored>
