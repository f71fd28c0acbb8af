import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import type { PostgresConfig } from '../../config/config.ts'
import type { SlotOutcome } from '../ledger/ledger.ts'
import type { Store } from '../store.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../../test-support/store/runs.ts'
import { testDatabase } from '../../../test-support/store/database.ts'
import { SCHEMA } from './connection/client.ts'
import { openPostgresStore } from './store.ts'
import { readsOf } from '../../../test-support/store/postgres/reads.ts'

const MANY = 20_000
/** With the connecting, as many rows and index entries as one of these calls looks at for each slot, twice over. */
const FEW = 60
const FOR_EACH = 6

const { runId } = RUN

const CALLS: readonly [name: string, call: (store: Store, numbers: readonly number[]) => Promise<unknown>][] =
  [
    ['claimSlots', (store, numbers) => store.claimSlots(SITE, runId, numbers, 1)],
    ['recordSlots', (store, numbers) => store.recordSlots(SITE, runId, numbers.map(made))],
    ['markRemoved', (store, numbers) => store.markRemoved(SITE, runId, numbers, 1)],
    ['slotsOfTickets', (store, numbers) => store.slotsOfTickets(SITE, numbers.map(String))],
    [
      'resumeRun, that skips',
      (store, numbers) => {
        const skipped = { slots: numbers.map((n) => n + 10_000), reason: 'missed' }
        return store.resumeRun(SITE, runId, { byMs: 0, atMs: numbers.length, skipped })
      },
    ],
  ]

function made(slot: number): SlotOutcome {
  return {
    slot,
    state: 'created',
    answeredAtMs: 1,
    latenessMs: slot % 97,
    issueId: String(slot),
    issueKey: `TPM-${slot}`,
    reason: null,
  }
}

// What the server believes of a run that is alone in its tables is little: it knows nothing of how many slots one has.
describe.each(['new', 'known'])(
  'of a run of many slots that is %s to the server, calls read those that they name',
  (how) => {
    let db: Client
    let config: PostgresConfig
    beforeAll(async () => {
      const database = await testDatabase()
      config = database.config
      db = new Client(database.url)
      await db.connect()
      await db.query(`ALTER TABLE ${SCHEMA}.slots SET (autovacuum_enabled = false)`)
      const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
      const store = await openPostgresStore(config, parts)
      await store.createRun(RUN, newSlots(MANY))
      await store.close()
      if (how === 'known') await db.query('ANALYZE')
    })
    afterAll(() => db.end())

    describe.each([1, 5, 50, 200])('%i of them', (count) => {
      test.each(CALLS)('%s', async (_name, call) => {
        const numbers = Array.from({ length: count }, (_, n) => count * 10 + n)
        const { rows } = await readsOf(db, config, (store) => call(store, numbers))
        expect(rows).toBeLessThan(FEW + FOR_EACH * count)
      })
    })
  },
)
