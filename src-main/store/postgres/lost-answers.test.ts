import { Client } from 'pg'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../../test-support/store/runs.ts'
import { testDatabase, type TestDatabase } from '../../../test-support/store/database.ts'
import { openPostgresStore } from './store.ts'

// A connection that breaks after COMMIT was sent leaves a transaction that the server may still be about to commit,
// when the same write comes again on another connection.

const { runId } = RUN
const SLOTS = newSlots(1)

const INSERT_RUN = `
  INSERT INTO jira_tpm.runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, state, created_ms,
    state_since_ms)
  VALUES ('${SITE}', '${runId}', 'TPM', ${RUN.seed}, 1, 1000, 2000, 1, 'running', ${RUN.createdAtMs}, 1000)`
const INSERT_SLOT = `
  INSERT INTO jira_tpm.slots (site_id, run_id, slot, planned_ms, priority_id, state)
  VALUES ('${SITE}', '${runId}', 0, 1500, '1', 'planned')`

/** A transaction of the first try, whose COMMIT has not been done yet. */
async function firstTry({ url }: TestDatabase, statements: readonly string[]): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  for (const sql of ['BEGIN', ...statements]) await client.query(sql)
  return client
}

async function open({ config }: TestDatabase) {
  const store = await openPostgresStore(config, {
    clock: machineClock,
    log: pino({ level: 'silent' }),
    password: null,
  })
  onTestFinished(() => store.close())
  return store
}

/** Resolves when a statement of a store waits for a lock of another transaction. */
async function untilItWaits(database: TestDatabase): Promise<void> {
  await vi.waitFor(async () => {
    const waiting = await database.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'jira-tpm' AND wait_event_type = 'Lock'`,
    )
    expect(waiting).toHaveLength(1)
  })
}

test.each(['COMMIT', 'ROLLBACK'])(
  'a run that is given again before the first try ends by %s is there, once',
  async (end) => {
    const database = await testDatabase()
    const store = await open(database)
    const first = await firstTry(database, [INSERT_RUN, INSERT_SLOT])
    const again = store.createRun(RUN, SLOTS)
    await untilItWaits(database)
    await first.query(end)
    await again
    expect(await store.runs(SITE, 10)).toHaveLength(1)
    expect(await store.slots(SITE, RUN.runId)).toMatchObject([{ slot: 0, state: 'planned' }])
  },
)

test.each(['COMMIT', 'ROLLBACK'])(
  'slots that are resumed again before the first try ends by %s move once',
  async (end) => {
    const database = await testDatabase()
    const store = await open(database)
    await store.createRun(RUN, SLOTS)
    await store.setRunState(SITE, RUN.runId, 'paused', 1_100)
    const first = await firstTry(database, [
      `UPDATE jira_tpm.runs SET end_ms = end_ms + 500, state = 'running', state_since_ms = 1600`,
      'UPDATE jira_tpm.slots SET planned_ms = planned_ms + 500',
    ])
    const again = store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 1_600 })
    await untilItWaits(database)
    await first.query(end)
    await again
    expect(await store.run(SITE, RUN.runId)).toMatchObject({ endMs: RUN.endMs + 500, state: 'running' })
    expect(await store.slots(SITE, RUN.runId)).toMatchObject([{ plannedMs: RUN.startMs + 500 }])
  },
)

test('a claim whose answer was lost is given back once it is there, and not before', async () => {
  const database = await testDatabase()
  const store = await open(database)
  await store.createRun(RUN, SLOTS)
  const first = await firstTry(database, [`UPDATE jira_tpm.slots SET state = 'sent', sent_ms = 1501`])
  const back = { slot: 0, state: 'planned', sentAtMs: 1_501, answeredAtMs: 1_501, latenessMs: null } as const
  const givenBack = store.recordSlots(SITE, RUN.runId, [
    { ...back, issueId: null, issueKey: null, reason: null },
  ])
  await untilItWaits(database)
  await first.query('COMMIT')
  await givenBack
  expect(await store.slots(SITE, RUN.runId)).toMatchObject([{ state: 'planned', sentAtMs: null }])
})

test('a slot that is given back by a write whose answer was lost can be claimed once that is there', async () => {
  const database = await testDatabase()
  const store = await open(database)
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0], 1_501)
  const first = await firstTry(database, [`UPDATE jira_tpm.slots SET state = 'planned', sent_ms = NULL`])
  const claimed = store.claimSlots(SITE, RUN.runId, [0], 1_502)
  await untilItWaits(database)
  await first.query('COMMIT')
  expect(await claimed).toEqual([0])
})
