import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Counter as CounterPort, Distribution, Gauge as GaugePort, Metrics } from './metrics.ts'

export type Prometheus = ReturnType<typeof createPrometheus>

/** Seconds. Calls to the store take from tens of microseconds (a file) to seconds (a server far away). */
const STORE_BUCKETS = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const JIRA_BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const LATENESS_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30]
const WAIT_BUCKETS = [0.05, 0.1, 0.5, 1, 5, 15, 60, 120]
const FETCH_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** How often the event loop's delay is looked at, in ms. */
const LOOP_PRECISION_MS = 10

/**
 * The program's numbers in Prometheus' text format, and this process's: its memory, its event loop, its time on the
 * processor. Each has a registry of its own. docs/metrics.md lists them all.
 */
export function createPrometheus({ version }: { readonly version: string }) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS })
  const registers = [registry]
  const info = new Gauge({
    name: 'jira_tpm_build_info',
    help: 'Always 1; the version of Jira TPM and of Node.js that runs it.',
    labelNames: ['version', 'node'],
    registers,
  })
  info.set({ version, node: process.versions.node }, 1)
  const metrics = coreMetrics(instruments(registers))
  beginAtZero(metrics)
  return {
    /** The core writes its numbers here. */
    metrics,
    registry,
    contentType: registry.contentType,
    /** All numbers, as they are now. */
    text: (): Promise<string> => registry.metrics(),
  }
}

type Labels = Readonly<Record<string, string>>

function instruments(registers: Registry[]) {
  return {
    counter: (name: string, help: string, ...labelNames: string[]): CounterPort<Labels> => {
      const counter = new Counter({ name, help, labelNames, registers })
      return { add: (labels, by = 1) => counter.inc(labels, by) }
    },
    gauge: (name: string, help: string, ...labelNames: string[]): GaugePort<Labels> => {
      const gauge = new Gauge({ name, help, labelNames, registers })
      return { set: (labels, value) => gauge.set(labels, value) }
    },
    seconds: (name: string, help: string, buckets: number[], ...of: string[]): Distribution<Labels> => {
      const histogram = new Histogram({ name, help, buckets, labelNames: of, registers })
      return { observe: (labels, value) => histogram.observe(labels, value) }
    },
  }
}

function coreMetrics({ counter, gauge, seconds }: ReturnType<typeof instruments>): Metrics {
  return {
    jiraRequests: seconds(
      'jira_tpm_jira_request_duration_seconds',
      'Requests to Jira, from sending to the whole answer, by what they ask for and how they were answered.',
      JIRA_BUCKETS,
      'endpoint',
      'status',
    ),
    jiraWaits: seconds(
      'jira_tpm_jira_limit_wait_seconds',
      'Waits of requests for a rate limit of Jira’s.',
      WAIT_BUCKETS,
    ),
    jiraHeldBack: counter(
      'jira_tpm_jira_requests_held_back_total',
      'Requests that were not sent, because a rate limit of Jira’s lets them through too late.',
    ),
    jiraLimit: gauge('jira_tpm_jira_limit_requests', 'The whole of a budget that Jira announced.', 'budget'),
    jiraRemaining: gauge(
      'jira_tpm_jira_limit_remaining_requests',
      'What was left of a budget when Jira last announced it.',
      'budget',
    ),
    fetches: seconds(
      'jira_tpm_fetch_duration_seconds',
      'Passes of fetching by this process, by how they ended.',
      FETCH_BUCKETS,
      'outcome',
    ),
    tickets: counter(
      'jira_tpm_tickets_written_total',
      'Tickets that this process wrote to the store: new ones, changed ones, and those that are no longer watched.',
      'change',
    ),
    slotsPlanned: counter(
      'jira_tpm_run_slots_planned_total',
      'Slots of runs that this process planned; each is to make one ticket.',
    ),
    slots: counter('jira_tpm_run_slots_total', 'Outcomes of slots that this process wrote down.', 'outcome'),
    lateness: seconds(
      'jira_tpm_run_lateness_seconds',
      'Between the planned time of a slot that made its ticket and its request.',
      LATENESS_BUCKETS,
    ),
    storeCalls: seconds(
      'jira_tpm_store_call_duration_seconds',
      'Calls to the store, whole: waiting for a connection or the write lock, and the transaction.',
      STORE_BUCKETS,
      'engine',
      'kind',
    ),
    storeFailures: counter(
      'jira_tpm_store_call_failures_total',
      'Calls to the store that failed.',
      'engine',
      'kind',
    ),
  }
}

/** A series that begins with 1 is no increase to Prometheus, so the first event would be missed. */
function beginAtZero({ slots, tickets }: Metrics): void {
  for (const outcome of ['created', 'failed', 'unknown', 'skipped'] as const) slots.add({ outcome }, 0)
  for (const change of ['inserted', 'updated', 'left'] as const) tickets.add({ change }, 0)
}
