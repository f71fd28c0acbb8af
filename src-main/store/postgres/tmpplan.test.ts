import { Client } from 'pg'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { machineClock } from '../../clock.ts'
import { SITE } from '../suite/pages.ts'
import { newSlots, RUN } from '../suite/runs.ts'
import { testDatabase } from '../testing-database.ts'
import { openPostgresStore } from './store.ts'
async function reads(db: Client): Promise<number> {
  for (;;) {
    const o = await db.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`)
    if (o.rows.length === 0) break
    await new Promise((r) => setTimeout(r, 20))
  }
  const { rows } = await db.query(`SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes) AS reads`)
  return Number(rows[0].reads)
}
test.each(['fresh', 'analyzed'])('%s', async (how) => {
  const database = await testDatabase()
  const open = () => openPostgresStore(database.config, { clock: machineClock, log: pino({ level: 'silent' }), password: null })
  let store = await open()
  const db = new Client(database.url); await db.connect()
  await db.query(`ALTER TABLE jira_tpm.slots SET (autovacuum_enabled = false)`)
  await store.createRun(RUN, newSlots(20_000))
  if (how === 'analyzed') await db.query('ANALYZE')
  await store.close()
  for (const n of [1, 5, 50, 200]) {
    const ns = Array.from({ length: n }, (_, k) => n * 10 + k)
    const step = async (name: string, f: (s: typeof store) => Promise<unknown>) => {
      const before = await reads(db); store = await open(); await f(store); await store.close()
      console.log('COST', how, name, n, (await reads(db)) - before)
    }
    await step('claim', (s) => s.claimSlots(SITE, RUN.runId, ns, 1))
    await step('record', (s) => s.recordSlots(SITE, RUN.runId, ns.map((slot) => ({ slot, state: 'created' as const, answeredAtMs: 1, latenessMs: slot % 97, issueId: `id-${slot}`, issueKey: `TPM-${slot}`, reason: null }))))
    await step('markRemoved', (s) => s.markRemoved(SITE, RUN.runId, ns, 1))
    await step('ofTickets', (s) => s.slotsOfTickets(SITE, ns.map((x) => `id-${x}`)))
    await step('skip', (s) => s.resumeRun(SITE, RUN.runId, { byMs: 0, atMs: n + 9, skipped: { slots: ns.map((x) => x + 5000), reason: 'x' } }))
  }
  await db.end(); expect(1).toBe(1)
}, 120000)
