import type { Clock } from '../../runtime/clock.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import type { Log } from '../../runtime/log.ts'
import { boundTo } from '../bound.ts'
import type { Store } from '../store.ts'
import { applyPage } from './apply-page.ts'
import { clearMissing, countedIds, createdCuts, markMissing } from './census.ts'
import type { ExclusiveSession } from './connection/connection.ts'
import { changesSince, counts, outside, ticketTotal } from './counts.ts'
import { createRun } from './create-run.ts'
import type { StoreCredentials } from './connection/credentials.ts'
import { firstFetch, planFirstFetch, setCensus, setSyncReport, syncReport, syncState } from './progress.ts'
import { dropLease, leaseHolder, takeLease } from './leases.ts'
import { areTablesMade, dropTicketTables, makeTables, makeTicketTables, type Target } from './migrations.ts'
import { openConnection } from './connection/open-connection.ts'
import { resumeRun, run, runCounts, runMinutes, runs, setRunState, setRequestedState } from './runs.ts'
import { epoch, seq } from './seq.ts'
import { claimSlots, markRemoved, recordSlots, slots, slotsOfTickets, slotsPlanned } from './slots.ts'
import { countedTickets, removedTickets, tickets, ticketsAfter } from './tickets.ts'

export interface PostgresStoreParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** Null: none is sent. */
  readonly password: string | null
  /** See `OpenStoreParts`. */
  readonly credentials?: StoreCredentials | undefined
  /** See `OpenStoreParts`. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens the store in a PostgreSQL database, and brings its tables up to date, at once or when the server is first reached.
 * Throws as `openConnection` and `makeTables`.
 */
export async function openPostgresStore(config: PostgresConfig, parts: PostgresStoreParts): Promise<Store> {
  const { clock, log, password, credentials, signal } = parts
  const label = storeLabel(config)
  const target = (session: ExclusiveSession): Target => ({ session, label, clock })
  const db = await openConnection(
    { ...config, password },
    {
      clock,
      credentials,
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
      seq,
      epoch,
    }),
    createTables: () => db.alone((session) => makeTicketTables(target(session))),
    dropTables: (guard) => db.alone((session) => dropTicketTables(target(session), guard)),

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

    ...boundTo(db, { takeLease, leaseHolder, dropLease, setSyncReport, syncReport }),
  }
}
