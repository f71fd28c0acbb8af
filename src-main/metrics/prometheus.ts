import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { METRICS, type Instruments, type Metric, type Metrics } from './metrics.ts'

export type Prometheus = ReturnType<typeof createPrometheus>

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
  const metrics = Object.fromEntries(
    Object.entries(METRICS).map(([name, metric]) => [name, instrument(metric, registers)]),
  ) as unknown as Metrics
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

type AnyInstruments = Instruments<Readonly<Record<string, string>>>

function instrument(
  { kind, name, help, labels = {}, buckets = [] }: Metric,
  registers: Registry[],
): AnyInstruments[Metric['kind']] {
  const options = { name, help, labelNames: Object.keys(labels), registers }
  if (kind === 'counter') {
    const counter = new Counter(options)
    return { add: (its, by = 1) => counter.inc(its, by) }
  }
  if (kind === 'gauge') {
    const gauge = new Gauge(options)
    return { set: (its, value) => gauge.set(its, value) }
  }
  const histogram = new Histogram({ ...options, buckets: [...buckets] })
  return { observe: (its, value) => histogram.observe(its, value) }
}

/** A series that begins with 1 is no increase to Prometheus, so the first event would be missed. */
function beginAtZero({ slots, tickets }: Metrics): void {
  for (const outcome of METRICS.slots.labels.outcome) slots.add({ outcome }, 0)
  for (const change of METRICS.tickets.labels.change) tickets.add({ change }, 0)
}
