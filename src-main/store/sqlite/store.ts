import path from 'node:path'
import type { Clock } from '../../runtime/clock.ts'
import { boundTo } from '../bound.ts'
import { migrate, readMigrations } from '../migrate.ts'
import type { Store } from '../store.ts'
import { applyPage } from './apply-page.ts'
import { clearMissing, countedIds, createdCuts, markMissing } from './census.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { changesSince, counts, outside, ticketTotal } from './counts.ts'
import { createRun } from './create-run.ts'
import { firstFetch, planFirstFetch, setCensus, setSyncReport, syncReport, syncState } from './progress.ts'
import { dropLease, leaseHolder, takeLease } from './leases.ts'
import { dropTicketTables, forgetDrop, migrationTarget } from './migrations.ts'
import { resumeRun, run, runCounts, runMinutes, runs, setRunState, setRequestedState } from './runs.ts'
import { readSeq } from './seq.ts'
import { claimSlots, markRemoved, recordSlots, slots, slotsOfTickets, slotsPlanned } from './slots.ts'
import { countedTickets, removedTickets, tickets, ticketsAfter } from './tickets.ts'

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

    ...boundTo(db, {
      applyPage,
      syncState,
      counts,
      changesSince,
      outside,
      tickets,
      countedTickets,
      ticketTotal,
      removedTickets,
      ticketsAfter,
      firstFetch,
      planFirstFetch,
      setCensus,
      countedIds,
      createdCuts,
      markMissing,
      clearMissing,
    }),
    seq: (siteId) => db.read(() => readSeq(db, siteId).seq),
    epoch: (siteId) => db.read(() => readSeq(db, siteId).resetSeq),
    async createTables() {
      await forgetDrop(db)
      return (await makeTables(db, clock)) > 0
    },
    dropTables: (guard) => dropTicketTables(db, clock, guard),

    ...boundTo(db, {
      createRun,
      run,
      runs,
      setRunState,
      setRequestedState,
      slots,
      slotsPlanned,
      slotsOfTickets,
      claimSlots,
      recordSlots,
      resumeRun,
      runCounts,
      runMinutes,
      markRemoved,
    }),
    lastRun: async (siteId) => (await runs(db, siteId, 1))[0] ?? null,

    ...boundTo(db, { dropLease, setSyncReport, syncReport }),
    takeLease: (siteId, name, owner, ttlMs) => takeLease(db, clock, siteId, name, { owner, ttlMs }),
    leaseHolder: (siteId, name) => leaseHolder(db, clock, siteId, name),
    // A file tells that it was written to, not for which site.
    onCommit: (_siteId, _kinds, listener) => db.onCommit(listener),
  }
}

function makeTables(db: SqliteDb, clock: Clock): Promise<number> {
  return migrate(migrationTarget(db, clock), readMigrations('sqlite'))
}
