import type { Metrics, StoreLabels } from '../metrics/metrics.ts'
import type { Store } from './store.ts'

type Calls = {
  [M in keyof Store as Store[M] extends (...given: never[]) => Promise<unknown> ? M : never]: Store[M]
}

const KINDS: Readonly<Record<Exclude<keyof Calls, 'close'>, 'read' | 'commit'>> = {
  applyPage: 'commit',
  seq: 'read',
  setCensus: 'commit',
  syncState: 'read',
  epoch: 'read',
  counts: 'read',
  changesSince: 'read',
  outside: 'read',
  tickets: 'read',
  countedTickets: 'read',
  ticketTotal: 'read',
  removedTickets: 'read',
  ticketsAfter: 'read',
  firstFetch: 'read',
  planFirstFetch: 'commit',
  countedIds: 'read',
  createdCuts: 'read',
  markMissing: 'commit',
  clearMissing: 'commit',
  createTables: 'commit',
  dropTables: 'commit',
  takeLease: 'commit',
  leaseHolder: 'read',
  dropLease: 'commit',
  setSyncReport: 'commit',
  syncReport: 'read',
  createRun: 'commit',
  run: 'read',
  lastRun: 'read',
  runs: 'read',
  setRunState: 'commit',
  setRequestedState: 'commit',
  slots: 'read',
  slotsPlanned: 'read',
  slotsOfTickets: 'read',
  claimSlots: 'commit',
  recordSlots: 'commit',
  resumeRun: 'commit',
  runCounts: 'read',
  runMinutes: 'read',
  markRemoved: 'commit',
}

/** The same store, which tells how long each call takes, and what is written: tickets, slots of runs, their lateness. */
export function measureStore(store: Store, metrics: Metrics): Store {
  const timed = { ...store } as Record<string, unknown>
  for (const [name, kind] of Object.entries(KINDS)) {
    const call = store[name as keyof typeof KINDS] as (...given: unknown[]) => Promise<unknown>
    timed[name] = timedCall(call, { engine: store.kind, kind }, metrics)
  }
  return counting(timed as unknown as Store, metrics)
}

function timedCall(
  call: (...given: unknown[]) => Promise<unknown>,
  labels: StoreLabels,
  { storeCalls, storeFailures }: Metrics,
): typeof call {
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
