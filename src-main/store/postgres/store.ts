import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { boundTo } from '../bound.ts'
import { createKnownSites } from '../known-sites.ts'
import { createRuns } from '../runs.ts'
import { createSlots } from '../slots.ts'
import type { Store } from '../store.ts'
import { applyPage } from './apply-page.ts'
import { clearMissing, countedIds, createdCuts, markMissing } from './census.ts'
import type { ExclusiveSession } from './connection/connection.ts'
import { changesSince, counts, outside, ticketTotal } from './counts.ts'
import { postgresDatabase } from './database.ts'
import { firstFetch, planFirstFetch, setCensus, setSyncReport, syncReport, syncState } from './progress.ts'
import { dropLease, leaseHolder, takeLease } from './leases.ts'
import { areTablesMade, dropTicketTables, makeTables, makeTicketTables, type Target } from './migrations.ts'
import type { ConnectionParts } from './connection/monitor.ts'
import { openConnection } from './connection/open-connection.ts'
import { epoch, seq } from './seq.ts'
import { createServerLedger } from './server-ledger.ts'
import { countedTickets, removedTickets, tickets, ticketsAfter } from './tickets.ts'

export interface OpenStoreParts extends Omit<ConnectionParts, 'isPrepared' | 'prepare'> {
  /** The password of a PostgreSQL server; null: none is sent. */
  readonly password: string | null
}

/**
 * Opens the store in a PostgreSQL database, and brings its tables up to date, at once or when the server is first reached.
 * Throws as `openConnection` and `makeTables`.
 */
export async function openPostgresStore(config: PostgresConfig, parts: OpenStoreParts): Promise<Store> {
  const { password, ...given } = parts
  const label = storeLabel(config)
  const target = (session: ExclusiveSession): Target => ({ session, label, clock: parts.clock })
  const db = await openConnection(
    { ...config, password },
    {
      ...given,
      isPrepared: (reading) => areTablesMade(reading, label),
      prepare: async (session) => void (await makeTables(target(session))),
    },
  )
  const database = postgresDatabase(db)
  return {
    kind: 'postgres',
    label,
    close: db.close,
    health: db.health,
    onHealth: db.onHealth,
    onCommit: db.onCommit,
    ...boundTo(db, { applyPage, seq, epoch, counts, changesSince, outside, ticketTotal }),
    ...boundTo(db, { tickets, countedTickets, removedTickets, ticketsAfter }),
    ...boundTo(db, { countedIds, createdCuts, markMissing, clearMissing }),
    ...boundTo(db, { syncState, setCensus, firstFetch, planFirstFetch, setSyncReport, syncReport }),
    ...createKnownSites(database),
    ...createRuns(database),
    ...createSlots(database),
    ...createServerLedger(database),
    ...boundTo(db, { takeLease, leaseHolder, dropLease }),
    createTables: () => db.alone((session) => makeTicketTables(target(session))),
    dropTables: (guard) => db.alone((session) => dropTicketTables(target(session), guard)),
  }
}
