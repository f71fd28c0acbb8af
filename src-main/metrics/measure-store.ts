import type { Metrics, StoreLabels } from './metrics.ts'
import type { Store, StoreConnection } from '../store/store.ts'

/** They change something; all other calls read. */
const COMMITS: ReadonlySet<string> = new Set<keyof Store>([
  'applyPage',
  'setCensus',
  'planFirstFetch',
  'markMissing',
  'clearMissing',
  'knowOldTickets',
  'sumOldTickets',
  'keepFrom',
  'deleteOld',
  'createTables',
  'dropTables',
  'takeLease',
  'dropLease',
  'setSyncReport',
  'keepSite',
  'createRun',
  'setRunState',
  'setRequestedState',
  'claimSlots',
  'recordSlots',
  'resumeRun',
  'markRemoved',
  'addAlertRule',
  'changeAlertRule',
  'removeAlertRule',
  'changeAlertStates',
  'recordAlerts',
  'addAccessKey',
  'retireAccessKey',
  'replaceAccessKey',
  'addToken',
  'revokeToken',
  'openLink',
  'endSessions',
  'takeAccess',
  'presentReceipt',
  'doubtLostSlots',
])

/** They ask nothing of the tables, but for `longReads`, whose reads are measured one by one. */
const OF_CONNECTION: Readonly<Record<keyof StoreConnection, true>> = {
  kind: true,
  label: true,
  longReads: true,
  close: true,
  health: true,
  onHealth: true,
  onCommit: true,
  version: true,
}

/** The same store, which measures how long each call takes, and what is written: tickets, slots of runs, their lateness. */
export function measureStore(store: Store, metrics: Metrics): Store {
  const { longReads } = store
  const measured = timedCalls(store, store.kind, metrics)
  if (longReads === undefined) return counting(measured, metrics)
  const measuredLong: typeof longReads = (freshness) => {
    const { reads, asOf } = longReads(freshness)
    return { reads: timedCalls(reads, store.kind, metrics), asOf }
  }
  return counting({ ...measured, longReads: measuredLong }, metrics)
}

function timedCalls<T extends object>(calls: T, engine: Store['kind'], metrics: Metrics): T {
  const timed = Object.entries(calls).map(([name, value]) => {
    if (name in OF_CONNECTION) return [name, value]
    const kind = COMMITS.has(name) ? 'commit' : 'read'
    return [name, timedCall(value as Call, { engine, kind }, metrics)]
  })
  return Object.fromEntries(timed) as T
}

type Call = (...given: unknown[]) => Promise<unknown>

function timedCall(call: Call, labels: StoreLabels, { storeCalls, storeFailures }: Metrics): Call {
  return async (...given) => {
    const beganMs = performance.now()
    try {
      return await call(...given)
    } catch (error) {
      storeFailures.add(labels)
      throw error
    } finally {
      storeCalls.observe(labels, (performance.now() - beganMs) / 1_000)
    }
  }
}

/** What is counted is what was committed: a call that throws counts for nothing, and is made again by its caller. */
function counting(store: Store, { tickets, slotsPlanned, slots, lateness }: Metrics): Store {
  return {
    ...store,
    async applyPage(page) {
      const commit = await store.applyPage(page)
      for (const change of ['inserted', 'updated', 'left'] as const) tickets.add({ change }, commit[change])
      return commit
    },
    async createRun(run, planned) {
      await store.createRun(run, planned)
      slotsPlanned.add({}, planned.length)
    },
    async recordSlots(siteId, runId, outcomes) {
      await store.recordSlots(siteId, runId, outcomes)
      for (const { state, latenessMs } of outcomes) {
        if (state === 'planned') continue
        slots.add({ outcome: state })
        if (state === 'created' && latenessMs !== null) lateness.observe({}, latenessMs / 1_000)
      }
    },
    async resumeRun(siteId, runId, given) {
      await store.resumeRun(siteId, runId, given)
      slots.add({ outcome: 'skipped' }, given.skipped?.slots.length ?? 0)
    },
  }
}
