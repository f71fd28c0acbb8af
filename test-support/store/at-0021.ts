import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { projectFile } from '../../src-main/runtime/project-files.ts'
import type { Migration } from '../../src-main/store/migrate.ts'
import type { Store } from '../../src-main/store/store.ts'
import { countDifferences } from './count-differences.ts'
import type { TestData } from './store.ts'

/** Counted tickets of two sites as they may be stored before there were sums for the usual, in SQL that both engines take. */
export const AT_0021 = [
  `INSERT INTO tickets (site_id, id, key, project_key, title, priority_id, priority_name, status, created_ms, updated_ms,
     first_seen_ms, source, rehearsed) VALUES
     ('a', '1', 'TPM-1', 'TPM', 'One', '2', 'High', 'To Do', 600000, 600000, 600000, 'jira', NULL),
     ('a', '2', 'TPM-2', 'TPM', 'Two', '2', 'High', 'To Do', 660000, 660000, 660000, 'jira', 1),
     ('b', '1', 'TPM-1', 'TPM', 'One', '2', 'High', 'To Do', 600000, 600000, 600000, 'import', NULL)`,
  `INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq) VALUES
     ('a', '2', 10, 'TPM', 1, 7), ('a', '2', 11, 'TPM', 1, 7), ('b', '2', 10, 'TPM', 1, 7)`,
  `INSERT INTO day_counts (site_id, priority_id, day, project_key, count) VALUES
     ('a', '2', 0, 'TPM', 2), ('b', '2', 0, 'TPM', 1)`,
  `INSERT INTO field_counts (site_id, priority_id, minute, project_key, issue_type, rehearsed, count) VALUES
     ('a', '2', 11, 'TPM', '', 1, 1)`,
  `INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ('a', 7, 3), ('b', 7, 3)`,
]

/** The migration that summed all tickets in one pass, as databases have had it. */
export function migration0022(engine: Store['kind']): Migration {
  const file = projectFile('test-support', 'store', 'migrations', `0022_usual-counts.${engine}.sql`)
  const sql = readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  const checksum = createHash('sha256').update(sql).digest('hex')
  return { number: 22, name: 'usual-counts', part: 'tickets', sql, checksum }
}

/** Fails where the opening summed tickets of a database that had not had 0022, or forgot that they are to be summed. */
export async function expectToBeSummed(store: Store, rows: TestData['query']): Promise<void> {
  expect(await rows('SELECT * FROM usual_counts')).toEqual([])
  expect(await rows('SELECT site_id FROM old_usual_counts ORDER BY site_id')).toEqual([
    { site_id: 'a' },
    { site_id: 'b' },
  ])
  for (const siteId of ['a', 'b']) while (await store.sumOldTickets(siteId));
  expect(await countDifferences(rows)).toEqual([])
  expect(await rows('SELECT site_id FROM old_usual_counts')).toEqual([])
}

/**
 * Fails where a database that had 0022 is not summed again, since 0034 keeps apart what runs made, and where its tables
 * cannot be dropped and made anew.
 */
export async function expectSummedAgain(store: Store, rows: TestData['query']): Promise<void> {
  expect((await countDifferences(rows)).map(({ kind, lacking }) => [kind, Number(lacking)])).toEqual([
    ['rehearsed', 1],
  ])
  for (const siteId of ['a', 'b']) while (await store.sumOldTickets(siteId));
  expect(await countDifferences(rows)).toEqual([])
  expect(await rows('SELECT site_id FROM old_usual_counts')).toEqual([])
  await store.dropTables()
  await store.createTables()
  expect(await rows('SELECT number FROM migrations WHERE number = 22')).toEqual([])
  expect(await store.sumOldTickets('a')).toBe(false)
}
