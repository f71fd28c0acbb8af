import { vi } from 'vitest'
import { createDispatch } from '../../../src-shared/contract/dispatch.ts'
import { createEventHub, createInProcessClient } from '../../../src-shared/contract/client.ts'
import type { Handlers, Params } from '../../../src-shared/contract/methods.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../../../src-shared/contract/store.ts'
import type { Session, SyncStatus } from '../../../src-shared/contract/tickets.ts'
import { steadyClock } from '../../../src-shared/domain/site-clock.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { ConnectionState } from '../../../src-shared/contract/wire.ts'
import type { CoreTransport } from '../../../src-renderer/client/transport.ts'
import { createStateStore } from '../../../src-renderer/state-store.ts'
import type { UncountedTicket } from '../../../src-renderer/live/dashboard-state.ts'
import { createDashboard } from '../../../src-renderer/live/dashboard.ts'
import type { SpanClock } from '../../../src-shared/domain/span.ts'
import { testRun } from '../../domain/run.ts'
import type { LinkTarget } from '../../../src-renderer/live/shown-span.ts'
import { createOrders } from '../../../src-renderer/live/orders.ts'

/** When the tests begin: a minute and a half before three o'clock. */
export const start = Date.parse('2026-11-24T14:58:30Z')
export const hourOf = (iso: string): { fromMs: number; toMs: number } => ({
  fromMs: Date.parse(iso),
  toMs: Date.parse(iso) + 3_600_000,
})
/** What is shown when the tests begin: the hour up to the end of the minute that is under way. */
export const first = hourOf('2026-11-24T13:59Z')
/** The same, two minutes later. */
export const later = hourOf('2026-11-24T14:01Z')

export const sync: SyncStatus = {
  state: 'idle',
  lastSuccessMs: start,
  lastInserted: 0,
  nextMs: null,
  indexLagMs: null,
  storedTickets: 0,
  known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
  progress: null,
  failure: null,
  by: null,
}
export const storeUp: StoreStatus = {
  kind: 'postgres',
  label: 'db.acme.com/jira_tpm',
  failure: null,
  canFallBack: false,
  insteadOf: null,
}
export const storeDown = (sinceMs: number): StoreStatus => ({
  ...storeUp,
  failure: {
    sinceMs,
    code: 'store-unavailable',
    message: 'It does not answer.',
    what: 'It does not answer.',
    consequence: '',
    hint: '',
  },
  canFallBack: true,
})
const standIn: StoreStatus = {
  ...storeUp,
  kind: 'sqlite',
  label: 'tpm.sqlite',
  insteadOf: { label: storeUp.label, sinceMs: start, reachable: false },
}
const session: Session = {
  version: '1',
  site: { id: 's', kind: 'sandbox', label: 'sandbox', browseUrl: null },
  projectKey: null,
  store: { kind: 'sqlite', label: 'SQLite' },
  zone: 'UTC',
  watchedField: { id: 'priority', name: 'Priority' },
  watched: [{ id: '1', name: 'Highest' }],
  tokenExpiresOn: null,
  clock: steadyClock(start),
}

export const run = { ...testRun, planned: 1, created: 1, startMs: start, endMs: start } satisfies RunProgress
export const left: UncountedTicket = {
  id: '7',
  key: 'OPS-7',
  projectKey: 'OPS',
  title: 'Login fails',
  priorityId: '1',
  priorityName: 'Highest',
  status: 'Open',
  createdMs: start,
  updatedMs: start,
  leftMs: start,
  reason: 'moved',
}

/** What the core is like: which Jira is watched, how its store is, and whether that keeps a session from being told. */
interface CoreState {
  siteId: string
  store: StoreStatus
  opens: boolean
  run: RunProgress | null
  /** How many came after a span. */
  outside: (span: Params<'counts.outside'>) => number
  /** What runs have planned for the span that is asked for. */
  planned: Handlers['runs.planned']
  /** What is marked in the span that is asked for. */
  marks: Handlers['marks.list']
  /** Tickets by minute, where there are any. */
  counted: Readonly<Record<number, number>>
}

/** A core whose minutes are empty but for those counted; `calls` are the methods asked, in order. */
function emptyCore(calls: string[], core: CoreState): Handlers {
  const siteId = (): string => core.siteId
  const mustReach = (): void => {
    const { failure } = core.store
    if (failure) throw new AppError('store-unavailable', failure.message, { retryable: true })
  }
  const handlers: Partial<Handlers> = {
    'session.get': async () => {
      if (!core.opens) mustReach()
      return { ...session, site: { ...session.site, id: siteId() } }
    },
    'store.status': async () => core.store,
    'store.useFallback': async () => (core.store = standIn),
    'store.usePrimary': async () => {
      throw new AppError('busy', 'A run is under way.', { hint: 'Stop it first.' })
    },
    'sync.status': async () => sync,
    'views.list': async () => ({ views: [] }),
    'alerts.list': async () => ({ rules: [], rehearsals: [], away: null }),
    'runs.current': async () => {
      mustReach()
      return core.run
    },
    'marks.list': (asked) => core.marks(asked),
    'runs.planned': async (asked) => {
      mustReach()
      return core.planned(asked)
    },
    'counts.outside': async (span) => ({
      before: 0,
      after: core.outside(span),
      lastBeforeMs: null,
      firstAfterMs: null,
    }),
    'tickets.list': async () => ({ tickets: [], more: false, cursor: null }),
    'tickets.left': async () => ({ tickets: [left], more: false, cursor: null }),
    'counts.get': async (asked) => {
      mustReach()
      if (!('fromMs' in asked)) throw new Error('a window asks for instants')
      const { fromMs, toMs } = asked
      const [fromMinute, toMinute] = [fromMs / 60_000, toMs / 60_000]
      return {
        siteId: siteId(),
        seq: Object.keys(core.counted).length === 0 ? 1 : 2,
        fromMinute,
        toMinute,
        bucketMinutes: 1,
        priorityIds: ['1'],
        counts: [Array.from({ length: toMinute - fromMinute }, (_, i) => core.counted[fromMinute + i] ?? 0)],
        provisionalFromMinute: toMinute,
        known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
      }
    },
  }
  return new Proxy(handlers as Handlers, {
    get: (target, method: keyof Handlers) => {
      calls.push(method)
      return target[method]
    },
  })
}

export type TestedDashboard = Awaited<ReturnType<typeof startDashboard>>

/** A dashboard on a core of its own, on faked timers; all that it asks at its start is answered. */
export async function startDashboard(options: { start?: (clock: SpanClock) => LinkTarget } = {}) {
  vi.useFakeTimers({ now: start })
  const calls: string[] = []
  const core: CoreState = {
    siteId: 's',
    store: storeUp,
    opens: true,
    run: null,
    counted: {},
    planned: async () => [],
    marks: async () => ({ marks: [], more: false }),
    outside: () => 0,
  }
  const hub = createEventHub()
  const connection = createStateStore<ConnectionState>('connected')
  const client = createInProcessClient(createDispatch(emptyCore(calls, core), console.error), hub)
  const transport: CoreTransport = { client, connection, start: () => {}, stop: () => {} }
  const dashboard = createDashboard(transport, { now: Date.now, ...options })
  dashboard.start()
  await vi.advanceTimersByTimeAsync(0)
  return {
    dashboard,
    orders: createOrders(client, dashboard),
    hub,
    connection,
    core,
    /** The methods that were asked, in order. */
    calls,
    /** Changes how the store is, and says so. */
    putStore(status: StoreStatus) {
      core.store = status
      hub.publish('store.changed', status)
    },
  }
}
