import { randomUUID } from 'node:crypto'
import { ADVANCE_ALL_SEQS } from '../seq.ts'
import { rows, sql, type Database, type Statement, type Steps, type Tx } from '../sql.ts'

/** The numbers that a workspace wrote to stores, kept outside of them. */
export interface ReceiptBook {
  /** Names the workspace in stores. */
  readonly workspace: string
  /** The last number that it wrote to the store of this id; 0 where it wrote none. */
  readonly last: (storeId: string) => number
  /** Never throws: without it a restored store is recognised by others, or later. */
  readonly keep: (storeId: string, number: number) => Promise<void>
}

/** What a store says of itself to a workspace. */
export interface Receipt {
  readonly storeId: string
  /** The last number of this workspace that it has; 0 where it has none. */
  readonly number: number
  /** How long ago it was found to be restored; null: never. */
  readonly restoredAgoMs: number | null
  /** Of the last receipt that it had then, epoch ms; null where it had none. */
  readonly backupMs: number | null
}

const LOOK = `
  SELECT id AS "storeId", NOW_MS - restored_ms AS "restoredAgoMs", backup_ms AS "backupMs",
    COALESCE((SELECT number FROM receipts WHERE workspace = :workspace), 0) AS number
  FROM store_life`
const BEGIN = 'INSERT INTO store_life (one, id) VALUES (1, :newId) ON CONFLICT (one) DO NOTHING'
const WRITE = `
  INSERT INTO receipts (workspace, number, noted_ms) VALUES (:workspace, :number, NOW_MS)
  ON CONFLICT (workspace) DO UPDATE SET noted_ms = excluded.noted_ms,
    number = CASE WHEN receipts.number < excluded.number THEN excluded.number ELSE receipts.number + 1 END`
/** Once, whoever finds it at the same moment. */
const NOTE_RESTORED = `
  UPDATE store_life SET id = :newId, restored_ms = NOW_MS, backup_ms = (SELECT MAX(noted_ms) FROM receipts)
  WHERE id = :storeId RETURNING 1 AS one`
const AFTER_RESTORE = [
  ...ADVANCE_ALL_SEQS,
  `UPDATE runs SET restored_ms = NOW_MS WHERE state NOT IN ('stopped', 'done')`,
]

/** Gives no row where no workspace has written a receipt yet. */
export function lookAtReceipt(workspace: string): Statement<Receipt> {
  return sql<Receipt>(LOOK, { workspace })
}

/** Whether commits that this workspace had seen are missing. */
export function isRestored(book: ReceiptBook, found: Receipt | undefined): boolean {
  return found !== undefined && found.number < book.last(found.storeId)
}

/**
 * Writes the workspace's next number. Where its last one is missing, or where a person says so, the store was restored from a
 * backup: all instances ask everything anew, and of runs that had not ended any slot may have been sent. See
 * docs/decisions/0081-restored-from-a-backup.md.
 */
export function* presentReceipt(tx: Tx, book: ReceiptBook, isDeclared = false): Steps<Receipt> {
  const { workspace } = book
  tx.send(sql(BEGIN, { newId: randomUUID() }))
  const [[found]] = yield* rows(lookAtReceipt(workspace))
  if (isDeclared || isRestored(book, found)) {
    const given = { newId: randomUUID(), storeId: found?.storeId }
    const [first] = yield* rows(sql(NOTE_RESTORED, given))
    if (first.length > 0) {
      tx.send(...AFTER_RESTORE.map((text) => sql(text, {})))
      tx.notifyAll()
    }
  }
  const [[now]] = yield* rows(lookAtReceipt(workspace))
  if (now === undefined) throw new Error('A store has an id')
  const number = Math.max(now.number, book.last(now.storeId)) + 1
  yield [sql(WRITE, { workspace, number })]
  return { ...now, number }
}

/** By what a store is told from a backup of itself. */
export function createReceipts(db: Database) {
  return {
    /** Null where no workspace has written one yet. */
    receipt: async (workspace: string): Promise<Receipt | null> =>
      (await db.query(lookAtReceipt(workspace)))[0] ?? null,

    /** See `presentReceipt`. */
    presentReceipt: (book: ReceiptBook, isDeclared = false): Promise<Receipt> =>
      db.write((tx) => presentReceipt(tx, book, isDeclared)),
  }
}
