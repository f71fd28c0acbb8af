import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { SITE } from '../../../test-support/store-suite/pages.ts'
import { newSlots, RUN } from '../../../test-support/store-suite/runs.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { createRun } from './create-run.ts'
import { migrationTarget } from './migrations.ts'
import { resumeRun, run, runCounts, runMinutes, runs, setRunState, setRequestedState } from './runs.ts'
import { claimSlots, markRemoved, recordSlots, slots, slotsOfTickets, slotsPlanned } from './slots.ts'

// SQLite is told nothing of how many rows there are: it plans for any number of them as for the few in these tables.

const { runId } = RUN
const MADE = { state: 'created', answeredAtMs: 1, latenessMs: 1, issueKey: 'TPM-1', reason: null } as const
const SKIPPED = { slots: [2], reason: 'missed' }

const CALLS: readonly [name: string, call: (db: SqliteDb) => Promise<unknown>][] = [
  ['createRun', (db) => createRun(db, { ...RUN, runId: 'another' }, newSlots(1_000))],
  ['run', (db) => run(db, SITE, runId)],
  ['runs', (db) => runs(db, SITE, 9)],
  ['setRunState', (db) => setRunState(db, SITE, runId, 'paused', 1)],
  ['setRequestedState', (db) => setRequestedState(db, SITE, runId, 'stop')],
  ['slots', (db) => slots(db, SITE, runId)],
  ['slotsPlanned', (db) => slotsPlanned(db, SITE, 0, Number.MAX_SAFE_INTEGER)],
  ['slotsOfTickets', (db) => slotsOfTickets(db, SITE, ['1'])],
  ['claimSlots', (db) => claimSlots(db, SITE, runId, [0, 1], 1)],
  ['recordSlots', (db) => recordSlots(db, SITE, runId, [{ ...MADE, slot: 0, issueId: '1' }])],
  ['markRemoved', (db) => markRemoved(db, SITE, runId, [0], 1)],
  ['runCounts', (db) => runCounts(db, SITE, runId, 1)],
  ['resumeRun', (db) => resumeRun(db, SITE, runId, { byMs: 1, atMs: 1, skipped: SKIPPED })],
]

let folder: string
let db: SqliteDb
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-plans-'))
  db = await openConnection(path.join(folder, 'tpm.sqlite'), machineClock)
  await migrate(migrationTarget(db, machineClock), readMigrations('sqlite'))
  await createRun(db, RUN, newSlots(4))
  await recordSlots(db, SITE, runId, [{ ...MADE, slot: 3, issueId: '3' }])
})
afterEach(async () => {
  db.close()
  await rm(folder, { recursive: true })
})

test.each(CALLS)('%s looks for its runs and slots in an index, and sorts no list', async (_name, call) => {
  const texts = new Set<string>()
  const listening: SqliteDb = {
    ...db,
    statement(sql) {
      texts.add(sql)
      return db.statement(sql)
    },
  }
  await call(listening)
  expect(texts.size).toBeGreaterThan(0)
  for (const sql of texts) expect(stepsOf(sql).filter(isDear)).toEqual([])
})

test('runMinutes reads its run alone, by the numbers of its slots, and sorts one step of them', async () => {
  const texts: string[] = []
  const statement: SqliteDb['statement'] = (sql) => {
    texts.push(sql)
    return db.statement(sql)
  }
  await runMinutes({ ...db, statement }, SITE, runId)
  const [sql = ''] = texts
  expect(sql).toMatch(/LIMIT 10000\s+\) GROUP BY 1$/)
  const steps = stepsOf(sql)
  expect(steps).toContainEqual(
    expect.stringMatching(/^SEARCH slots USING .*site_id=\? AND run_id=\? AND slot>\?/),
  )
  expect(steps.filter((step) => /TEMP B-TREE/.test(step))).toEqual(['USE TEMP B-TREE FOR GROUP BY'])
})

function stepsOf(sql: string): string[] {
  const anyParams = sql.replaceAll(/@\w+|\?/g, 'NULL')
  return db
    .statement<{ detail: string }>(`EXPLAIN QUERY PLAN ${anyParams}`)
    .all()
    .map(({ detail }) => detail)
}

/** A reading of all rows of a table or of a site, and a sorting of more than those that have all but the last term the same. */
function isDear(step: string): boolean {
  const readsAll = /^SCAN (?:slots|runs)\b/.test(step) || /^SEARCH .*\(site_id=\?\)$/.test(step)
  return readsAll || /TEMP B-TREE FOR (?!LAST TERM)/.test(step)
}
