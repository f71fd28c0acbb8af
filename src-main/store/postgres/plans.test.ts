import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { PostgresConfig } from '../../config/config.ts'
import type { ResumedRun, SlotOutcome } from '../ledger/ledger.ts'
import type { Store } from '../store.ts'
import { hour, MINUTE, page, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../../test-support/store/runs.ts'
import { testDatabase } from '../../../test-support/store/database.ts'
import { SCHEMA } from './connection/client.ts'
import { readsOf } from '../../../test-support/store/postgres/reads.ts'

/** So many tickets has a site, one a minute, each from a commit of its own. */
const TICKETS = 20_000
/** So many slots have the two sites, in runs of `A_RUN`, all planned at a time of their own. */
const SLOTS = 1_000_000
const A_RUN = 500
/** More rows and index entries than one of these calls has to look at. */
const FEW = 2_500

const ALL = { projectKey: null, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 100 }
const SPAN = { fromMs: startOfMinute(MINUTE + 100), toMs: startOfMinute(MINUTE + 200) }
const FAR = { fromMinute: MINUTE + 9_000, toMinute: MINUTE + 9_060 }
/** The days of a zone whose midnight is an hour before that of UTC. */
const DAYS = {
  fromMinute: 1_440 * Math.ceil(MINUTE / 1_440) - 60,
  toMinute: 1_440 * Math.ceil(MINUTE / 1_440) + 3 * 1_440 - 60,
  bucketMinutes: 1_440,
  startMinutes: [0, 1, 2].map((day) => 1_440 * (Math.ceil(MINUTE / 1_440) + day) - 60),
}
const IDS = ['7', '8', 'none']
const MADE: SlotOutcome = {
  slot: 7,
  state: 'created',
  answeredAtMs: 1,
  latenessMs: 1,
  issueId: 'made',
  issueKey: 'TPM-7',
  reason: null,
}
const RESUMED: ResumedRun = { byMs: 1, atMs: 1, skipped: { slots: [1, 2], reason: 'missed' } }

const CALLS: readonly [name: string, call: (store: Store, siteId: string) => Promise<unknown>][] = [
  ['applyPage', (store, siteId) => store.applyPage(page(shown(200), { siteId }))],
  ['countedTickets', (store, siteId) => store.countedTickets(siteId, IDS)],
  ['markMissing', (store, siteId) => store.markMissing(siteId, IDS, 9, 1)],
  ['clearMissing', (store, siteId) => store.clearMissing(siteId, IDS)],
  ['counts', (store, siteId) => store.counts(hour({ siteId }))],
  ['counts by days', (store, siteId) => store.counts({ ...DAYS, ...WATCHED, siteId })],
  ['changesSince', (store, siteId) => store.changesSince(siteId, TICKETS - 10, WATCHED, 100)],
  ['outside', (store, siteId) => store.outside(siteId, FAR, WATCHED)],
  ['tickets', (store, siteId) => store.tickets({ ...ALL, ...WATCHED, siteId })],
  ['ticketsAfter', (store, siteId) => store.ticketsAfter({ ...ALL, siteId, after: null })],
  ['removedTickets', (store, siteId) => store.removedTickets({ ...ALL, siteId })],
  ['countedIds', (store, siteId) => store.countedIds(siteId, WATCHED, SPAN)],
]

/** Rows of one run, or of a page of runs; and a few that are named. */
const ONE_RUN = A_RUN + 100
const SOME = 60

type LedgerCall = readonly [name: string, most: number, call: (typeof CALLS)[number][1]]

const LEDGER_READS: readonly LedgerCall[] = [
  ['run', SOME, (store, siteId) => store.run(siteId, 'run-700')],
  ['runs', SOME, (store, siteId) => store.runs(siteId, 20, 500 * A_RUN * 1_000)],
  ['slots', ONE_RUN, (store, siteId) => expectRows(store.slots(siteId, 'run-700'), A_RUN)],
  [
    'slotsPlanned',
    ONE_RUN,
    (store, siteId) => expectRows(store.slotsPlanned(siteId, 9_000_001, 9_500_001), A_RUN),
  ],
  ['slotsOfTickets', SOME, (store, siteId) => expectRows(store.slotsOfTickets(siteId, ['7', '8', 'no']), 2)],
  // All by their state and all by their lateness, half and a twentieth to rank them.
  ['runCounts', 2.55 * A_RUN + 100, (store, siteId) => store.runCounts(siteId, 'run-3', 0)],
  ['runMinutes', ONE_RUN, (store, siteId) => store.runMinutes(siteId, 'run-3')],
  ['runCounts, none sent or missed', ONE_RUN, (store, siteId) => store.runCounts(siteId, 'run-703', 0)],
]

const LEDGER_WRITES: readonly LedgerCall[] = [
  [
    'createRun',
    SOME,
    (store, siteId) => store.createRun({ ...RUN, siteId, runId: 'another' }, newSlots(200)),
  ],
  ['setRunState', SOME, (store, siteId) => store.setRunState(siteId, 'run-700', 'running', 1)],
  ['setRequestedState', SOME, (store, siteId) => store.setRequestedState(siteId, 'run-700', 'pause')],
  ['claimSlots', SOME, (store, siteId) => expectRows(store.claimSlots(siteId, 'run-700', [7, 8], 1), 2)],
  ['recordSlots', SOME, (store, siteId) => store.recordSlots(siteId, 'run-701', [MADE])],
  ['markRemoved', SOME, (store, siteId) => store.markRemoved(siteId, 'run-3', [7, 8], 1)],
  ['resumeRun', ONE_RUN, (store, siteId) => store.resumeRun(siteId, 'run-702', RESUMED)],
]

async function expectRows(found: Promise<readonly unknown[]>, count: number): Promise<void> {
  expect(await found).toHaveLength(count)
}

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
  }, 120_000)
  afterAll(() => db.end())

  describe.each(['known', 'new since the last ANALYZE'])('%s', (siteId) => {
    test.each(CALLS)('%s', async (_name, call) => {
      expect((await readsOf(db, config, (store) => call(store, siteId))).rows).toBeLessThan(FEW)
    })
    test.each(LEDGER_READS)('%s: %i rows', async (_name, most, call) => {
      const { rows, blocks } = await readsOf(db, config, (store) => call(store, siteId))
      expect(rows).toBeLessThan(most)
      expect(blocks).toBeLessThan(most)
    })
    test.each(LEDGER_WRITES)('%s: %i rows', async (_name, most, call) => {
      expect((await readsOf(db, config, (store) => call(store, siteId))).rows).toBeLessThan(most)
    })
  })
})

async function fillSites(url: string): Promise<void> {
  const db = new Client(url)
  await db.connect()
  await db.query(`SET search_path = ${SCHEMA}`)
  for (const table of ['tickets', 'minute_counts', 'runs', 'slots'])
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
  await fillLedger(db, siteId)
}

/** Half of all slots, in runs; those of the first half of these have made their tickets. */
async function fillLedger(db: Client, siteId: string): Promise<void> {
  const runs = SLOTS / 2 / A_RUN
  await db.query(
    `INSERT INTO runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, state, state_since_ms, created_ms)
     SELECT $1, 'run-' || n, 'TPM', n, ${A_RUN}, n * ${A_RUN} * 1000, (n + 1) * ${A_RUN} * 1000, 1, 'running', 0,
       n * ${A_RUN} * 1000
     FROM generate_series(0, ${runs} - 1) AS n`,
    [siteId],
  )
  await db.query(
    `INSERT INTO slots (site_id, run_id, slot, planned_ms, priority_id, state, lateness_ms, issue_id)
     SELECT $1, 'run-' || n / ${A_RUN}, n % ${A_RUN}, n * 1000::bigint, '2',
       CASE WHEN n < ${SLOTS} / 4 THEN 'created' ELSE 'planned' END,
       CASE WHEN n < ${SLOTS} / 4 THEN n % 97 END,
       CASE WHEN n < ${SLOTS} / 4 THEN n::text END
     FROM generate_series(0, ${SLOTS} / 2 - 1) AS n`,
    [siteId],
  )
}
