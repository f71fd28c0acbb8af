import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { createMethods, type Store } from '../store.ts'
import type { ExclusiveSession } from './connection/connection.ts'
import { postgresDatabase } from './database.ts'
import { areTablesMade, dropTicketTables, makeTables, makeTicketTables, type Target } from './migrations.ts'
import type { ConnectionParts } from './connection/monitor.ts'
import { openConnection } from './connection/open-connection.ts'
import { createServerLedger } from './server-ledger.ts'

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
    version: db.version,
    ...createMethods(database, createServerLedger(database)),
    createTables: () => db.alone((session) => makeTicketTables(target(session))),
    dropTables: (guard) => db.alone((session) => dropTicketTables(target(session), guard)),
  }
}
