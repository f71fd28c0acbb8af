import type { Client } from 'pg'
import { pino } from 'pino'
import { expect, vi } from 'vitest'
import { machineClock } from '../../../src-main/runtime/clock.ts'
import type { PostgresConfig } from '../../../src-main/config/config.ts'
import type { Store } from '../../../src-main/store/store.ts'
import { openPostgresStore } from '../../../src-main/store/postgres/store.ts'

export interface Reads {
  /** Rows and index entries that were found. */
  readonly rows: number
  /** Of indexes: many where entries are read that are not looked for. */
  readonly blocks: number
}

/** What a call reads, and the connecting before it. `db` is the only other connection to the database. */
export async function readsOf(
  db: Client,
  config: PostgresConfig,
  call: (store: Store) => Promise<unknown>,
): Promise<Reads> {
  const before = await reads(db)
  const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
  const store = await openPostgresStore(config, parts)
  try {
    await call(store)
  } finally {
    await store.close()
  }
  const after = await reads(db)
  return { rows: after.rows - before.rows, blocks: after.blocks - before.blocks }
}

/** What was read of our tables by all connections that have ended. */
async function reads(db: Client): Promise<Reads> {
  await vi.waitFor(async () => {
    const others = await db.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
    expect(others.rows).toEqual([])
  })
  const { rows } = await db.query<{ rows: string; blocks: string }>(
    `SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)
       AS rows, (SELECT sum(idx_blks_hit + idx_blks_read) FROM pg_statio_user_indexes) AS blocks`,
  )
  return { rows: Number(rows[0]?.rows), blocks: Number(rows[0]?.blocks) }
}
