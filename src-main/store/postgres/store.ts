import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { createMethods, type Store } from '../store.ts'
import type { ExclusiveSession, SqlReader } from './connection/connection.ts'
import { postgresDatabase, runWriting, textAndValues } from './database.ts'
import {
  isRestored,
  lookAtReceipt,
  presentReceipt,
  type Receipt,
  type ReceiptBook,
} from '../receipts/receipts.ts'
import { areTablesMade, dropTicketTables, makeTables, makeTicketTables, type Target } from './migrations.ts'
import type { ConnectionParts } from './connection/monitor.ts'
import { openConnection } from './connection/open-connection.ts'
import { createReplica } from './replica.ts'
import { createServerLedger } from './server-ledger.ts'

export interface OpenStoreParts extends Omit<ConnectionParts, 'isPrepared' | 'prepare'> {
  /** The password of a PostgreSQL server; null: none is sent. */
  readonly password: string | null
  /** Where absent, it is not found out whether the store was restored from a backup. */
  readonly receipts?: ReceiptBook | undefined
}

/**
 * Opens the store in a PostgreSQL database, and brings its tables up to date, at once or when the server is first reached.
 * Throws as `openConnection` and `makeTables`.
 */
export async function openPostgresStore(config: PostgresConfig, parts: OpenStoreParts): Promise<Store> {
  const { password, receipts, ...given } = parts
  const { replica: copy } = config
  const label = storeLabel(config)
  const target = (session: ExclusiveSession): Target => ({ session, label, clock: parts.clock })
  const db = await openConnection(
    { ...config, password },
    {
      ...given,
      isPrepared: async (reading) =>
        (await areTablesMade(reading, label)) && !(await isBehind(reading, receipts)),
      async prepare(session) {
        await makeTables(target(session))
        // Before anybody asks it for anything.
        if (receipts !== undefined)
          await session.write((tx) => runWriting(tx, (writing) => presentReceipt(writing, receipts)))
      },
    },
  )
  const database = postgresDatabase(db)
  const { credentials } = parts
  const replica =
    copy &&
    createReplica(copy, {
      ...parts,
      primary: database,
      primaryLabel: label,
      login: () => (copy.credentials === 'vault' ? credentials?.now() : undefined) ?? copy,
    })
  return {
    kind: 'postgres',
    label,
    ...(replica && { longReads: (freshness) => replica.reads(freshness) }),
    close: async () => void (await Promise.all([db.close(), replica?.close()])),
    health: db.health,
    onHealth: db.onHealth,
    onCommit: db.onCommit,
    version: db.version,
    ...createMethods(database, createServerLedger(database)),
    createTables: () => db.alone((session) => makeTicketTables(target(session))),
    dropTables: (guard) => db.alone((session) => dropTicketTables(target(session), guard)),
  }
}

/** Whether the database is a backup of what this workspace knows: found out before it is used, however it came back. */
async function isBehind(reading: SqlReader, book: ReceiptBook | undefined): Promise<boolean> {
  if (book === undefined) return false
  const [found] = await reading.query<Receipt>(...textAndValues(lookAtReceipt(book.workspace)))
  return isRestored(book, found)
}
