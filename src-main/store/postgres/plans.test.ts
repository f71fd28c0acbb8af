import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { machineClock } from '../../clock.ts'
import type { PostgresConfig } from '../../config/config.ts'
import type { Store } from '../store.ts'
import { hour, MINUTE, page, ticket, WATCHED } from '../suite/pages.ts'
import { testDatabase } from '../testing-database.ts'
import { SCHEMA } from './client.ts'
import { openPostgresStore } from './store.ts'

/** So many tickets has a site, one a minute, each from a commit of its own. */
const TICKETS = 20_000
/** More rows and index entries than one of these calls has to look at. */
const FEW = 2_500

const ALL = { projectKey: null, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 100 }
const SPAN = { fromMs: startOfMinute(MINUTE + 100), toMs: startOfMinute(MINUTE + 200) }
const FAR = { fromMinute: MINUTE + 9_000, toMinute: MINUTE + 9_060 }
const IDS = ['7', '8', 'none']

const CALLS: readonly [name: string, call: (store: Store, siteId: string) => Promise<unknown>][] = [
  ['applyPage', (store, siteId) => store.applyPage(page(shown(200), { siteId }))],
  ['countedTickets', (store, siteId) => store.countedTickets(siteId, IDS)],
  ['strikeMissing', (store, siteId) => store.strikeMissing(siteId, IDS, 9, 1)],
  ['clearStrikes', (store, siteId) => store.clearStrikes(siteId, IDS)],
  ['counts', (store, siteId) => store.counts(hour({ siteId }))],
  ['changesSince', (store, siteId) => store.changesSince(siteId, TICKETS - 10, WATCHED, 100)],
  ['outside', (store, siteId) => store.outside(siteId, FAR, WATCHED)],
  ['tickets', (store, siteId) => store.tickets({ ...ALL, ...WATCHED, siteId })],
  ['ticketsAfter', (store, siteId) => store.ticketsAfter({ ...ALL, siteId, after: null })],
  ['leftTickets', (store, siteId) => store.leftTickets({ ...ALL, siteId })],
  ['countedIds', (store, siteId) => store.countedIds(siteId, WATCHED, SPAN)],
]

function shown(count: number): ReturnType<typeof ticket>[] {
  return Array.from({ length: count }, (_, n) => ticket(String(n)))
}

describe('of a site with many tickets, calls read what they need', () => {
  let db: Client
  let config: PostgresConfig
  beforeAll(async () => {
    const database = await testDatabase()
    config = database.config
    await fillSites(database.url)
    db = new Client(database.url)
    await db.connect()
  })
  afterAll(() => db.end())

  describe.each(['known', 'new since the last ANALYZE'])('%s', (siteId) => {
    test.each(CALLS)('%s', async (_name, call) => {
      const before = await reads(db)
      const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
      const store = await openPostgresStore(config, parts)
      try {
        await call(store, siteId)
      } finally {
        await store.close()
      }
      expect((await reads(db)) - before).toBeLessThan(FEW)
    })
  })
})

async function fillSites(url: string): Promise<void> {
  const db = new Client(url)
  await db.connect()
  await db.query(`SET search_path = ${SCHEMA}`)
  for (const table of ['tickets', 'minute_counts'])
    await db.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`)
  await fill(db, 'known')
  await db.query('ANALYZE')
  await fill(db, 'new since the last ANALYZE')
  await db.end()
}

/** Fills a site past the store. */
async function fill(db: Client, siteId: string): Promise<void> {
  const fromMs = startOfMinute(MINUTE)
  await db.query(
    `INSERT INTO tickets (site_id, id, key, project_key, title, priority_id, priority_name, status, created_ms,
       updated_ms, first_seen_ms)
     SELECT $1, n::text, 'TPM-' || n, 'TPM', 'Ticket ' || n, (1 + n % 2)::text, 'High', 'To Do',
       $2 + n * 60000::bigint, $2, 1
     FROM generate_series(1, ${TICKETS}) AS n`,
    [siteId, fromMs],
  )
  await db.query(
    `INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq)
     SELECT site_id, priority_id, created_ms / 60000, project_key, 1, id::bigint FROM tickets WHERE site_id = $1`,
    [siteId],
  )
  await db.query('INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ($1, $2, 0)', [siteId, TICKETS])
}

/** How many rows and index entries of our tables were read, by all connections that have ended. */
async function reads(db: Client): Promise<number> {
  await vi.waitFor(async () => {
    const others = await db.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
    expect(others.rows).toEqual([])
  })
  const { rows } = await db.query<{ reads: string }>(
    `SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)
       AS reads`,
  )
  return Number(rows[0]?.reads)
}
