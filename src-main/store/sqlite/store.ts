import path from 'node:path'
import type { Clock } from '../../clock.ts'
import { migrate, readMigrations } from '../migrate.ts'
import type { Store } from '../store.ts'
import { applyPage } from './apply-page.ts'
import { clearStrikes, countedIds, createdCuts, strikeMissing } from './census.ts'
import { openConnection, type Connection } from './connection.ts'
import { changesSince, counts } from './counts.ts'
import { firstFetch, planFirstFetch } from './first-fetch.ts'
import { dropLease, leaseHolder, leaseHolders, takeLease } from './leases.ts'
import { leftTickets } from './left-tickets.ts'
import { dropTicketTables, forgetDrop, migrationTarget } from './migrations.ts'
import { outside, ticketTotal } from './outside.ts'
import { createRun, resumeRun, run, runs, setRunState } from './runs.ts'
import { readSeq } from './seq.ts'
import { claimSlots, recordSlots, runCounts, slots } from './slots.ts'
import { setSyncReport, syncReport } from './sync-reports.ts'
import { setCensus, syncState } from './sync-state.ts'
import { ticketsAfter } from './tickets-after.ts'
import { countedTickets, tickets } from './tickets.ts'

/**
 * Opens the store in a SQLite file, made where it is missing, and brings its tables up to date. Throws
 * `folder-not-writable`, `store-not-a-database`, `store-newer`, `store-full`, `busy`; the file is then as it was.
 */
export async function openSqliteStore({ file, clock }: { file: string; clock: Clock }): Promise<Store> {
  const db = await openConnection(file, clock)
  try {
    await makeTables(db, clock)
  } catch (error) {
    db.close()
    throw error
  }
  return {
    kind: 'sqlite',
    label: path.basename(file),
    close: async () => db.close(),
    // What is wrong with a file shows when it is used.
    health: () => ({ state: 'up' }),
    onHealth: () => () => {},

    applyPage: (page) => applyPage(db, page),
    seq: (siteId) => db.read(() => readSeq(db, siteId).seq),
    epoch: (siteId) => db.read(() => readSeq(db, siteId).resetSeq),
    syncState: (siteId, scope) => syncState(db, siteId, scope),
    counts: (query) => counts(db, query),
    changesSince: (siteId, seq, scope, limit) => changesSince(db, siteId, seq, scope, limit),
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
    async createTables() {
      await forgetDrop(db)
      return (await makeTables(db, clock)) > 0
    },
    dropTables: () => dropTicketTables(db, clock.now()),

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

    takeLease: (siteId, name, owner, ttlMs) => takeLease(db, clock, siteId, name, { owner, ttlMs }),
    leaseHolder: (siteId, name) => leaseHolder(db, clock, siteId, name),
    leaseHolders: (name) => leaseHolders(db, clock, name),
    dropLease: (siteId, name, owner) => dropLease(db, siteId, name, owner),
    setSyncReport: (siteId, scope, report) => setSyncReport(db, siteId, scope, report),
    syncReport: (siteId, scope) => syncReport(db, siteId, scope),
    // A file tells that it was written to, not for which site.
    onCommit: (_siteId, _kinds, listener) => db.onCommit(listener),
  }
}

function makeTables(db: Connection, clock: Clock): Promise<number> {
  return migrate(migrationTarget(db, clock), readMigrations('sqlite'))
}
