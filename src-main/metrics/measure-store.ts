import type { Metrics, StoreLabels } from './metrics.ts'
import type { Store } from '../store/store.ts'

/** What each call does; null: it asks nothing of the tables, or like `longReads` gives calls that are measured one by one. */
const KINDS: Readonly<Record<keyof Store, StoreLabels['kind'] | null>> = {
  kind: null,
  label: null,
  longReads: null,
  close: null,
  health: null,
  onHealth: null,
  onCommit: null,
  version: null,
  applyPage: 'commit',
  seq: 'read',
  epoch: 'read',
  counts: 'read',
  changesSince: 'read',
  outside: 'read',
  ticketTotal: 'read',
  splitCells: 'read',
  knowOldTickets: 'commit',
  sumOldTickets: 'commit',
  tickets: 'read',
  searchTickets: 'read',
  countedTickets: 'read',
  removedTickets: 'read',
  ticketsAfter: 'read',
  usualHistory: 'read',
  usualChanges: 'read',
  minuteTickets: 'read',
  countedIds: 'read',
  createdCuts: 'read',
  markMissing: 'commit',
  clearMissing: 'commit',
  syncState: 'read',
  setCensus: 'commit',
  firstFetch: 'read',
  planFirstFetch: 'commit',
  setSyncReport: 'commit',
  syncReport: 'read',
  keepSite: 'commit',
  knownSite: 'read',
  oldTickets: 'read',
  storeBytes: 'read',
  keepFrom: 'commit',
  deleteOld: 'commit',
  known: 'read',
  keptFromMs: 'read',
  knownSpans: 'read',
  setKnown: 'commit',
  receipt: 'read',
  presentReceipt: 'commit',
  takeLease: 'commit',
  leaseHolder: 'read',
  passLease: 'commit',
  dropLease: 'commit',
  takeHooks: 'commit',
  listenForHooks: 'commit',
  unreadHooks: 'read',
  markHooksRead: 'commit',
  toldChanges: 'read',
  addUntold: 'commit',
  hookBook: 'read',
  run: 'read',
  lastRun: 'read',
  runs: 'read',
  createRun: 'commit',
  setRunState: 'commit',
  setRequestedState: 'commit',
  resumeRun: 'commit',
  runCounts: 'read',
  runMinutes: 'read',
  views: 'read',
  saveView: 'commit',
  deleteView: 'commit',
  marks: 'read',
  runsWithin: 'read',
  alertsWithin: 'read',
  incidentSpans: 'read',
  lastMarkChange: 'read',
  addMark: 'commit',
  changeMark: 'commit',
  removeMark: 'commit',
  noteOutage: 'commit',
  alertRules: 'read',
  addAlertRule: 'commit',
  changeAlertRule: 'commit',
  removeAlertRule: 'commit',
  alertBook: 'read',
  recordAlerts: 'commit',
  changeAlertStates: 'commit',
  alertHistory: 'read',
  addDrill: 'commit',
  drill: 'read',
  outputs: 'read',
  addOutput: 'commit',
  changeOutput: 'commit',
  removeOutput: 'commit',
  noteTest: 'commit',
  waitingOutputs: 'read',
  dueMessages: 'read',
  claimMessage: 'commit',
  recordSent: 'commit',
  accessState: 'read',
  access: 'read',
  takeAccess: 'commit',
  addAccessKey: 'commit',
  retireAccessKey: 'commit',
  replaceAccessKey: 'commit',
  addToken: 'commit',
  revokeToken: 'commit',
  openLink: 'commit',
  endSessions: 'commit',
  loginByLink: 'commit',
  renewToken: 'commit',
  useTokens: 'commit',
  slots: 'read',
  slotsPlanned: 'read',
  slotsOfTickets: 'read',
  claimSlots: 'commit',
  recordSlots: 'commit',
  doubtLostSlots: 'commit',
  markRemoved: 'commit',
  plannedCounts: 'read',
  chartedOfRun: 'read',
  lastCleanUp: 'read',
  writeCleanUp: 'commit',
  createTables: 'commit',
  dropTables: 'commit',
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

function timedCalls<T extends Partial<Store>>(calls: T, engine: Store['kind'], metrics: Metrics): T {
  const timed = Object.entries(calls).map(([name, value]) => {
    const kind = KINDS[name as keyof Store]
    return [name, kind === null ? value : timedCall(value as Call, { engine, kind }, metrics)]
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
