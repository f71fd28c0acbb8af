import type { Clock } from '../../clock.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-name.ts'
import type { Log } from '../../log.ts'
import type { Store } from '../store.ts'
import { applyPage } from './apply-page.ts'
import { clearStrikes, countedIds, createdCuts, strikeMissing } from './census.ts'
import type { Session } from './connection.ts'
import { changesSince, counts } from './counts.ts'
import { firstFetch, planFirstFetch } from './first-fetch.ts'
import { dropLease, leaseHolder, leaseHolders, takeLease } from './leases.ts'
import { leftTickets } from './left-tickets.ts'
import { areTablesMade, dropTicketTables, makeTables, makeTicketTables, type Target } from './migrations.ts'
import { openConnection } from './open-connection.ts'
import { outside, ticketTotal } from './outside.ts'
import { createRun, resumeRun, run, runs, setRunState } from './runs.ts'
import { epoch, seq } from './seq.ts'
import { claimSlots, recordSlots, runCounts, slots } from './slots.ts'
import { setSyncReport, syncReport } from './sync-report.ts'
import { setCensus, syncState } from './sync-state.ts'
import { ticketsAfter } from './tickets-after.ts'
import { countedTickets, tickets } from './tickets.ts'

export interface PostgresParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** Null: none is sent. */
  readonly password: string | null
  /** See `OpenStoreParts`. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens the store in a PostgreSQL database, and brings its tables up to date, at once or when the server is first reached.
 * Throws as `openConnection` and `makeTables`.
 */
export async function openPostgresStore(config: PostgresConfig, parts: PostgresParts): Promise<Store> {
  const { clock, log, password, signal } = parts
  const label = storeLabel(config)
  const target = (session: Session): Target => ({ session, label, clock })
  const db = await openConnection(
    { ...config, password },
    {
      clock,
      log,
      isPrepared: (reading) => areTablesMade(reading, label),
      signal,
      prepare: async (session) => void (await makeTables(target(session))),
    },
  )
  return {
    kind: 'postgres',
    label,
    close: () => db.close(),
    health: () => db.health(),
    onHealth: (listener) => db.onHealth(listener),
    onCommit: (siteId, kinds, listener) => db.onCommit(siteId, kinds, listener),

    applyPage: (page) => applyPage(db, page),
    seq: (siteId) => seq(db, siteId),
    epoch: (siteId) => epoch(db, siteId),
    syncState: (siteId, scope) => syncState(db, siteId, scope),
    counts: (query) => counts(db, query),
    changesSince: (siteId, since, scope, limit) => changesSince(db, siteId, since, scope, limit),
    outside: (siteId, span, scope) => outside(db, siteId, span, scope),
    tickets: (query) => tickets(db, query),
    countedTickets: (siteId, ids) => countedTickets(db, siteId, ids),
    ticketTotal: (siteId, scope) => ticketTotal(db, siteId, scope),
    leftTickets: (query) => leftTickets(db, query),
    ticketsAfter: (query) => ticketsAfter(db, query),
    firstFetch: (siteId, scope) => firstFetch(db, siteId, scope),
    planFirstFetch: (siteId, scope, plan) => planFirstFetch(db, siteId, scope, plan),
    setCensus: (siteId, scope, atMs) => setCensus(db, siteId, scope, atMs),
    countedIds: (siteId, scope, span) => countedIds(db, siteId, scope, span),
    createdCuts: (siteId, scope, size) => createdCuts(db, siteId, scope, size),
    strikeMissing: (siteId, ids, atMs, apartMs) => strikeMissing(db, siteId, ids, atMs, apartMs),
    clearStrikes: (siteId, ids) => clearStrikes(db, siteId, ids),
    createTables: () => db.alone((session) => makeTicketTables(target(session))),
    dropTables: () => db.alone((session) => dropTicketTables(target(session))),

    createRun: (newRun, newSlots) => createRun(db, newRun, newSlots),
    run: (siteId, runId) => run(db, siteId, runId),
    lastRun: async (siteId) => (await runs(db, siteId, 1))[0] ?? null,
    runs: (siteId, limit) => runs(db, siteId, limit),
    setRunState: (siteId, runId, state, atMs) => setRunState(db, siteId, runId, state, atMs),
    slots: (siteId, runId) => slots(db, siteId, runId),
    claimSlots: (siteId, runId, numbers, sentAtMs) => claimSlots(db, siteId, runId, numbers, sentAtMs),
    recordSlots: (siteId, runId, outcomes) => recordSlots(db, siteId, runId, outcomes),
    resumeRun: (siteId, runId, given) => resumeRun(db, siteId, runId, given),
    runCounts: (siteId, runId) => runCounts(db, siteId, runId),

    takeLease: (siteId, name, owner, ttlMs) => takeLease(db, siteId, name, owner, ttlMs),
    leaseHolder: (siteId, name) => leaseHolder(db, siteId, name),
    leaseHolders: (name) => leaseHolders(db, name),
    dropLease: (siteId, name, owner) => dropLease(db, siteId, name, owner),
    setSyncReport: (siteId, scope, report) => setSyncReport(db, siteId, scope, report),
    syncReport: (siteId, scope) => syncReport(db, siteId, scope),
  }
}
