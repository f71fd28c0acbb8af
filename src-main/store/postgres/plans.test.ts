import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { PostgresConfig } from '../../config/config.ts'
import type { ResumedRun, SlotOutcome } from '../ledger/ledger.ts'
import type { Store } from '../store.ts'
import { hour, MINUTE, page, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { writeTransition } from '../../../test-support/outputs/enqueue.ts'
import { testMessage } from '../../../test-support/outputs/receiver.ts'
import { newSlots, RUN } from '../../../test-support/store/runs.ts'
import { testDatabase } from '../../../test-support/store/database.ts'
import { SCHEMA } from './connection/client.ts'
import { readsOf } from '../../../test-support/store/postgres/reads.ts'

/** So many tickets has a site, one a minute, each from a commit of its own. */
const TICKETS = 20_000
/** So many slots have the two sites, in runs of `A_RUN`, all planned at a time of their own. */
const SLOTS = 1_000_000
const A_RUN = 500
const BIG = [
  'tickets',
  'minute_counts',
  'field_counts',
  'usual_counts',
  'alerts',
  'alert_transitions',
  'marks',
  'outbox',
  'runs',
  'slots',
]
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
/** The last tickets of the site, in a place of the list. */
const LAST_100 = {
  fromMs: startOfMinute(MINUTE + TICKETS - 100),
  toMs: startOfMinute(MINUTE + TICKETS + 1),
  after: { atMs: startOfMinute(MINUTE + TICKETS - 10), id: '' },
}
/** Alerts, marks and drills of a site, and messages to each of its outputs: as many as are kept. */
const KEPT = 10_000
const OUTPUTS = 4
/** When the first of them was, one a minute. */
const KEPT_FROM = Date.now() - KEPT * 60_000
const ALERTS_SPAN = { fromMs: KEPT_FROM + (KEPT - 50) * 60_000, toMs: KEPT_FROM + KEPT * 60_000 }
const FAR_HOUR = { ...FAR, ...WATCHED, bucketMinutes: 1 }
const MESSAGE = { outputId: 'o1', alertId: `a${KEPT}`, transition: 'started' }
const CLAIM = { owner: 'me', gone: [], ttlMs: 60_000 }
const SENT = { owner: 'me', taken: true, answer: '200', repeatMs: null, againMs: 1, giveUpMs: 1 }
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
  ['splitCells by project', (store, siteId) => store.splitCells({ ...FAR_HOUR, siteId, splitBy: 'project' })],
  ['splitCells by type', (store, siteId) => store.splitCells({ ...FAR_HOUR, siteId, splitBy: 'issueType' })],
  ['splitCells by label', (store, siteId) => store.splitCells({ ...FAR_HOUR, siteId, splitBy: 'label' })],
  [
    'splitCells, filtered by type and origin',
    (store, siteId) =>
      store.splitCells({
        ...FAR_HOUR,
        siteId,
        filter: { without: { issueTypes: ['Bug'] }, rehearsed: false },
      }),
  ],
  [
    'splitCells, filtered by component',
    (store, siteId) => store.splitCells({ ...FAR_HOUR, siteId, filter: { components: ['Search'] } }),
  ],
  ['usualHistory', (store, siteId) => store.usualHistory(siteId, WATCHED, FAR)],
  ['usualChanges', (store, siteId) => store.usualChanges(siteId, TICKETS - 10, WATCHED)],
  ['minuteTickets', (store, siteId) => store.minuteTickets(siteId, WATCHED, FAR)],
  ['knownSpans', (store, siteId) => store.knownSpans(siteId, 'all')],
  [
    'tickets of a span, from a place on',
    (store, siteId) => store.tickets({ ...ALL, ...WATCHED, ...LAST_100, siteId }),
  ],
  [
    'searchTickets of a span',
    (store, siteId) => store.searchTickets({ ...ALL, ...WATCHED, ...LAST_100, siteId, search: 'ticket 1' }),
  ],
  [
    'searchTickets of a span, filtered',
    (store, siteId) =>
      store.searchTickets({ ...ALL, ...WATCHED, ...LAST_100, siteId, filter: { labels: ['customer'] } }),
  ],
  ['incidentSpans', (store, siteId) => store.incidentSpans(siteId)],
  ['alertRules', (store, siteId) => store.alertRules(siteId)],
  ['alertBook', (store, siteId) => store.alertBook(siteId)],
  ['alertHistory', (store, siteId) => store.alertHistory({ siteId, limit: 50 })],
  [
    'alertHistory from a place on',
    (store, siteId) =>
      store.alertHistory({
        siteId,
        limit: 50,
        before: { startedMs: KEPT_FROM + 5_000 * 60_000, id: 'a5000' },
      }),
  ],
  ['drill', (store, siteId) => store.drill(siteId, 'run-700')],
  ['waitingOutputs', (store, siteId) => store.waitingOutputs(siteId)],
  ['dueMessages', (store, siteId) => store.dueMessages(siteId, ['o1', 'o2'])],
  ['claimMessage', (store, siteId) => store.claimMessage(siteId, MESSAGE, CLAIM)],
  ['recordSent', (store, siteId) => store.recordSent(siteId, MESSAGE, SENT)],
  ['outputs', (store, siteId) => store.outputs(siteId)],
]

/** Where all of what is kept of alerts or marks may have to be looked at, and nothing of it twice. */
const ALL_KEPT: typeof CALLS = [
  ['marks', (store, siteId) => store.marks(siteId, ALERTS_SPAN, 100)],
  ['alertsWithin', (store, siteId) => store.alertsWithin(siteId, ALERTS_SPAN, 100)],
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
    test.each(ALL_KEPT)('%s', async (_name, call) => {
      expect((await readsOf(db, config, (store) => call(store, siteId))).rows).toBeLessThan(KEPT + 200)
    })
    // Of a site that ANALYZE does not know, its transitions may be gone through once.
    test('recordAlerts', async () => {
      const message = testMessage(`new of ${siteId}`)
      const { rows } = await readsOf(db, config, (store) => writeTransition(store, message, siteId))
      expect(rows).toBeLessThan(2 * KEPT + FEW)
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
  for (const table of BIG) await db.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`)
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
       updated_ms, first_seen_ms, issue_type, components, labels, rehearsed)
     SELECT $1, n::text, 'TPM-' || n, 'TPM', 'Ticket ' || n, (1 + n % 2)::text, 'High', 'To Do',
       $2 + n * 60000::bigint, $2, 1, 'Bug', '["Search"]', '["customer"]', 0
     FROM generate_series(1, ${TICKETS}) AS n`,
    [siteId, fromMs],
  )
  await db.query(
    `INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq)
     SELECT site_id, priority_id, created_ms / 60000, project_key, 1, id::bigint FROM tickets WHERE site_id = $1`,
    [siteId],
  )
  await db.query('INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ($1, $2, 0)', [siteId, TICKETS])
  await fillCounts(db, siteId)
  await fillAlerts(db, siteId)
  await fillLedger(db, siteId)
}

async function fillCounts(db: Client, siteId: string): Promise<void> {
  await db.query(
    `INSERT INTO field_counts (site_id, priority_id, minute, project_key, issue_type, rehearsed, count)
     SELECT site_id, priority_id, created_ms / 60000, project_key, issue_type, rehearsed, 1 FROM tickets
     WHERE site_id = $1`,
    [siteId],
  )
  await db.query(
    `INSERT INTO usual_counts (site_id, priority_id, five_minutes, project_key, count, others)
     SELECT site_id, priority_id, created_ms / 300000, project_key, COUNT(*), 0 FROM tickets WHERE site_id = $1
     GROUP BY 1, 2, 3, 4`,
    [siteId],
  )
}

/** Each alert is a minute after the other, and was sent to each output; those of the last ten minutes wait. */
async function fillAlerts(db: Client, siteId: string): Promise<void> {
  const each = `generate_series(1, ${KEPT}) AS n`
  const at = `(${KEPT_FROM} + n * 60000::bigint)`
  const rule = `'{"name":"Storm","condition":{"kind":"at-least"}}'`
  for (const text of [
    `INSERT INTO alerts SELECT $1, 'a' || n, 'r' || n % 50, CASE WHEN n % 9 = 0 THEN 'run-' || n ELSE '' END, ${rule},
       ${at}, ${at}, 9, ${at} + 1 FROM ${each}`,
    `INSERT INTO alert_transitions SELECT $1, 'a' || n, kind, kind, ${at}, 1, '{}'
     FROM ${each}, unnest(ARRAY['started', 'resolved']) AS kind`,
    `INSERT INTO marks SELECT $1, 'm' || n, CASE WHEN n % 100 = 0 THEN 'incident' ELSE 'mark' END, 'Deployed',
       ${at}, ${at} + 1, 'r' FROM ${each}`,
    `INSERT INTO alert_drills (site_id, run_id, until_ms) SELECT $1, 'run-' || n, n FROM generate_series(1, 1000) AS n`,
    `INSERT INTO outputs (site_id, output_id, name, kind, url, needs_secret, allow_private, revision, created_ms)
     SELECT $1, 'o' || n, 'o' || n, 'webhook', 'https://example.com', 0, 0, 'r', n
     FROM generate_series(1, ${OUTPUTS}) AS n`,
    `INSERT INTO outbox (site_id, output_id, alert_id, transition, place, message, enqueued_ms, due_ms, repeats, sent_ms)
     SELECT $1, 'o' || o, 'a' || n, 'started', 1, '{}', (EXTRACT(EPOCH FROM now()) * 1000)::bigint,
       CASE WHEN n > ${KEPT} - 10 THEN ${at} END, 0, CASE WHEN n <= ${KEPT} - 10 THEN ${at} END
     FROM ${each}, generate_series(1, ${OUTPUTS}) AS o`,
  ])
    await db.query(text, [siteId])
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
