import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { migrate, readMigrations } from '../migrate.ts'
import type { Store } from '../store.ts'
import { hour, SITE, WATCHED } from '../../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../../test-support/store/runs.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { migrationTarget } from './migrations.ts'
import { sqliteStore } from './store.ts'

// SQLite is told nothing of how many rows there are: it plans for any number of them as for the few in these tables.

const { runId } = RUN
const MADE = { state: 'created', answeredAtMs: 1, latenessMs: 1, issueKey: 'TPM-1', reason: null } as const
const SKIPPED = { slots: [2], reason: 'missed' }

const CALLS: readonly [name: string, call: (store: Store) => Promise<unknown>][] = [
  ['createRun', (store) => store.createRun({ ...RUN, runId: 'another' }, newSlots(1_000))],
  ['run', (store) => store.run(SITE, runId)],
  ['runs', (store) => store.runs(SITE, 9)],
  ['setRunState', (store) => store.setRunState(SITE, runId, 'paused', 1)],
  ['setRequestedState', (store) => store.setRequestedState(SITE, runId, 'stop')],
  ['slots', (store) => store.slots(SITE, runId)],
  ['slotsPlanned', (store) => store.slotsPlanned(SITE, 0, Number.MAX_SAFE_INTEGER)],
  ['slotsOfTickets', (store) => store.slotsOfTickets(SITE, ['1'])],
  ['chartedOfRun', (store) => store.chartedOfRun({ siteId: SITE, runId }, WATCHED)],
  ['claimSlots', (store) => store.claimSlots(SITE, runId, [0, 1], 1)],
  ['recordSlots', (store) => store.recordSlots(SITE, runId, [{ ...MADE, slot: 0, issueId: '1' }])],
  ['markRemoved', (store) => store.markRemoved(SITE, runId, [0], 1)],
  ['runCounts', (store) => store.runCounts(SITE, runId, 1)],
  ['resumeRun', (store) => store.resumeRun(SITE, runId, { byMs: 1, atMs: 1, skipped: SKIPPED })],
]

let folder: string
let db: SqliteDb
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-plans-'))
  db = await openConnection(path.join(folder, 'tpm.sqlite'), machineClock)
  await migrate(migrationTarget(db, machineClock), readMigrations('sqlite'))
  const store = sqliteStore(db)
  await store.createRun(RUN, newSlots(4))
  await store.recordSlots(SITE, runId, [{ ...MADE, slot: 3, issueId: '3' }])
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
  await call(sqliteStore(listening))
  expect(texts.size).toBeGreaterThan(0)
  for (const sql of texts) expect(stepsOf(sql).filter(isDear)).toEqual([])
})

test('runMinutes reads its run alone, by the numbers of its slots, and sorts one step of them', async () => {
  const texts: string[] = []
  const statement: SqliteDb['statement'] = (sql) => {
    texts.push(sql)
    return db.statement(sql)
  }
  await sqliteStore({ ...db, statement }).runMinutes(SITE, runId)
  const sql = texts.find((text) => text.includes('slots')) ?? ''
  expect(sql).toMatch(/LIMIT 10000\s*\)(?: AS \w+)? GROUP BY 1$/)
  const steps = stepsOf(sql)
  expect(steps).toContainEqual(
    expect.stringMatching(/^SEARCH slots USING .*site_id=\? AND run_id=\? AND slot>\?/),
  )
  expect(steps.filter((step) => /TEMP B-TREE/.test(step))).toEqual(['USE TEMP B-TREE FOR GROUP BY'])
})

test('plannedCounts reads its span alone, and sorts one step of it', async () => {
  const texts: string[] = []
  const statement: SqliteDb['statement'] = (sql) => {
    texts.push(sql)
    return db.statement(sql)
  }
  await sqliteStore({ ...db, statement }).plannedCounts(hour())
  const steps = texts.filter((text) => text.includes('slots')).flatMap(stepsOf)
  expect(steps.filter((step) => /SEARCH slots/.test(step))).toEqual([
    expect.stringMatching(
      /USING COVERING INDEX slots_by_plan \(site_id=\? AND planned_ms>\? AND planned_ms<\?\)/,
    ),
    expect.stringMatching(/USING INDEX slots_by_plan \(site_id=\? AND planned_ms>\? AND planned_ms<\?\)/),
  ])
  expect(steps.filter(isDear)).toEqual(['USE TEMP B-TREE FOR GROUP BY'])
})

function stepsOf(sql: string): string[] {
  const anyParams = sql.replaceAll(/[@:]\w+|\?/g, 'NULL')
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
