import { Gauge, type Registry } from 'prom-client'
import type { AlertList } from '../../src-shared/contract/alerts/alerts.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { HooksStatus } from '../../src-shared/contract/hooks.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { App } from '../app/app.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Stored } from '../app/reads.ts'
import { coalesce, withTimeout } from '../runtime/async.ts'

interface WatchParts {
  readonly app: Pick<App, 'readiness' | 'stored'> & { readonly hub: Pick<EventHub, 'on'> }
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** The store is asked at most so often, in real ms, however often the numbers are read. */
  readonly storedEveryMs?: number
}

const STORED_EVERY_MS = 5_000
const PATIENCE_MS = 1_000

/**
 * Keeps the gauges of what is true now: from events, and from a cheap question to the store that is asked again only
 * when something was committed. Returns what ends it.
 */
export function watchApp(registry: Registry, parts: WatchParts): () => void {
  const { app } = parts
  const leave = [
    ...keepStored(registry, parts),
    ...keepStatus(registry, parts),
    ...keepUsual(registry, parts),
    ...keepAlerts(registry, parts),
  ]
  const now = gaugesOf(registry)
  now('jira_tpm_ready', '1 while calls can be answered: the store can be used and the Jira is open.', () =>
    app.readiness().ok ? 1 : 0,
  )
  now('jira_tpm_store_up', '1 while the store in use can be used.', () =>
    app.readiness().store === 'up' ? 1 : 0,
  )
  return () => {
    for (const end of leave) end()
  }
}

/** Makes gauges of what is true when they are read; null: absent while it is not known. */
function gaugesOf(registry: Registry) {
  return (name: string, help: string, value: () => number | null): void => {
    void new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const now = value()
        if (now === null) this.remove()
        else this.set(now)
      },
    })
  }
}

/** The tickets that the chart shows, and the number of the last commit. */
function keepStored(registry: Registry, parts: WatchParts): (() => void)[] {
  const { app } = parts
  const registers = [registry]
  const stored = readSeldom(parts, show)
  const tickets = new Gauge({
    name: 'jira_tpm_tickets',
    help: 'Stored tickets that the chart counts, by the watched value that they have.',
    labelNames: ['watched'],
    registers,
    collect: () => stored.read(),
  })
  const seq = new Gauge({
    name: 'jira_tpm_commit_sequence',
    help: 'The number of the last commit that changed tickets of the watched Jira.',
    registers,
    collect: () => stored.read(),
  })
  seq.remove()

  function show(found: Stored | null): void {
    tickets.reset()
    if (found === null) return seq.remove()
    seq.set(found.seq)
    for (const { name, count } of found.tickets) tickets.inc({ watched: name }, count)
  }

  return (['counts.changed', 'session.changed', 'store.changed'] as const).map((event) =>
    app.hub.on(event, () => stored.old()),
  )
}

/** Reads what is stored where that may have changed, and shows it; null where it cannot be read. */
function readSeldom(
  { app, clock, storedEveryMs = STORED_EVERY_MS }: WatchParts,
  show: (stored: Stored | null) => void,
): { read(): Promise<void>; old(): void } {
  let isOld = true
  let readMs = Number.NEGATIVE_INFINITY
  const reading = coalesce(async (): Promise<void> => {
    isOld = false
    readMs = clock.now()
    // Why the store does not answer is shown by its own numbers.
    const stored = await app.stored().catch(() => null)
    isOld ||= stored === null
    show(stored)
  })
  const isDue = (): boolean => isOld && Math.abs(clock.now() - readMs) >= storedEveryMs
  return {
    async read() {
      const read = isDue() ? reading() : reading.current()
      // A scrape does not wait for a slow store: the next one has the numbers.
      if (read !== null) await withTimeout(read, PATIENCE_MS, () => {}, { clock })
    },
    old: () => void (isOld = true),
  }
}

/** Whether now is usual: absent while that is not known. */
function keepUsual(registry: Registry, { app }: WatchParts): (() => void)[] {
  const registers = [registry]
  const labelNames = ['bound', 'minutes']
  const help =
    'What is usual in the newest minutes: nine in ten such stretches have from low to high tickets.'
  const usual = new Gauge({ name: 'jira_tpm_usual', help, labelNames, registers })
  const verdict = new Gauge({
    name: 'jira_tpm_verdict',
    help: '1 for what is said of now: learning, usual, unusual, high or unknown.',
    labelNames: ['state'],
    registers,
  })
  const forget = (): void => {
    usual.reset()
    verdict.reset()
  }
  return [
    app.hub.on('usual.changed', ({ verdict: { state, minutes, low, high, mean } }) => {
      forget()
      verdict.set({ state }, 1)
      for (const [bound, value] of Object.entries({ low, high, mean }))
        if (value !== null && state !== 'unknown') usual.set({ bound, minutes }, value)
    }),
    app.hub.on('session.changed', forget),
  ]
}

/** How each alert rule stands, one series a rule: what was known of it before the store was away is not known any more. */
function keepAlerts(registry: Registry, { app }: WatchParts): (() => void)[] {
  let rules: AlertList['rules'] = []
  void new Gauge({
    name: 'jira_tpm_alert_state',
    help: '1 for how an alert rule stands: off, learning, ok, alerting, recovering, unknown or silenced.',
    labelNames: ['rule', 'name', 'state'],
    registers: [registry],
    collect() {
      this.reset()
      const isUp = app.readiness().store === 'up'
      for (const { id: rule, name, standing } of rules) {
        const state = isUp || standing.phase === 'off' ? standing.phase : 'unknown'
        this.set({ rule, name, state }, 1)
      }
    },
  })
  return [
    app.hub.on('alerts.changed', (list) => void (rules = list.rules)),
    app.hub.on('session.changed', () => void (rules = [])),
  ]
}

/** How fetching goes, here or where another instance fetches for all. */
function keepStatus(registry: Registry, { app, clock }: WatchParts): (() => void)[] {
  let status: SyncStatus | null = null
  const gauge = gaugesOf(registry)
  gauge(
    'jira_tpm_fetch_age_seconds',
    'Seconds since the last successful fetch, by whichever instance fetches.',
    () => {
      const lastMs = status?.lastSuccessMs ?? null
      return lastMs === null ? null : Math.max(0, clock.now() - lastMs) / 1_000
    },
  )
  gauge(
    'jira_tpm_fetch_stopped',
    '1 while fetching waits for a person: a log-in that failed, tables that were dropped.',
    () => status && (status.state === 'stopped' ? 1 : 0),
  )
  gauge(
    'jira_tpm_index_lag_seconds',
    'How far Jira’s search index was measured to be behind its tickets.',
    () => {
      const lagMs = status?.indexLagMs ?? null
      return lagMs === null ? null : lagMs / 1_000
    },
  )
  keepHooks(registry, () => status?.hooks ?? null)
  return [
    app.hub.on('sync.changed', (next) => void (status = next)),
    app.hub.on('session.changed', () => void (status = null)),
  ]
}

/** How webhooks come, for all who share the store: absent while nobody takes any. */
function keepHooks(registry: Registry, hooks: () => HooksStatus | null): void {
  const gauge = gaugesOf(registry)
  const count = (name: 'received' | 'repeats' | 'untold' | 'unread', help: string): void =>
    gauge(`jira_tpm_hooks_${name}`, help, () => hooks()?.[name] ?? null)
  gauge('jira_tpm_hooks_healthy', '1 while webhooks tell all that there is to fetch.', () => {
    const now = hooks()
    return now && (now.state === 'healthy' ? 1 : 0)
  })
  count('received', 'Webhooks that came, repeats too, to whichever process.')
  count('repeats', 'Webhooks that were dropped because they had come before.')
  count(
    'untold',
    'Changes that a fetch found and no webhook told since webhooks were healthy last, for a day: zero is health.',
  )
  count('unread', 'Webhooks whose tickets are still to be read.')
  const quantiles = { 0.5: 'p50', 0.95: 'p95' } as const
  void new Gauge({
    name: 'jira_tpm_hooks_lateness_seconds',
    help: 'How long after the change of which it told a webhook came, of the last 200.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      this.reset()
      const lateness = hooks()?.latenessMs ?? null
      if (lateness === null) return
      for (const [quantile, name] of Object.entries(quantiles)) this.set({ quantile }, lateness[name] / 1_000)
    },
  })
}
