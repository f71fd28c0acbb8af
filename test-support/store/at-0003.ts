import { expect } from 'vitest'
import type { Store } from '../../src-main/store/store.ts'
import { countDifferences } from './count-differences.ts'
import type { TestData } from './store.ts'

const COLUMNS = `site_id, id, key, project_key, title, priority_id, priority_name, status, created_ms, updated_ms,
  first_seen_ms, left_ms, left_reason, left_project_key, missing_since_ms`

/** What a database at migration 0003 may hold, in SQL that both engines take: days and times before 1970 among it. */
export const AT_0003 = [
  `INSERT INTO tickets (${COLUMNS}) VALUES
     ('a', '1', 'TPM-1', 'TPM', 'One', '2', 'High', 'To Do', 60000, 60000, 60000, NULL, NULL, NULL, 70000),
     ('a', '2', 'TPM-2', 'TPM', 'Two', '2', 'High', 'To Do', 86399999, 86400000, 7, NULL, NULL, NULL, NULL),
     ('a', '3', 'OPS-3', 'OPS', 'Three', '1', 'Highest', 'Done', 86400000, 86400000, 7, NULL, NULL, NULL, NULL),
     ('a', '4', 'TPM-4', 'TPM', 'Four', '2', 'High', 'To Do', 60000, 60000, 7, 80000, 'lowered', 'TPM', NULL),
     ('a', 'sample-5', 'SAMPLE-5', 'SAMPLE', 'Five', '2', 'High', 'To Do', 60000, 60000, 7, NULL, NULL, NULL, NULL),
     ('b', '6', 'TPM-6', 'TPM', 'Six', '2', 'High', 'To Do', 1800000000000, 1800000000000, 7, NULL, NULL, NULL, NULL)`,
  `INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq) VALUES
     ('a', '2', 1, 'TPM', 1, 7), ('a', '2', 1439, 'TPM', 1, 7), ('a', '1', 1440, 'OPS', 1, 5),
     ('a', '2', 1, 'SAMPLE', 1, 5), ('a', '2', 2, 'TPM', 0, 6), ('b', '2', 30000000, 'TPM', 1, 2),
     ('c', '2', -1, 'TPM', 2, 1), ('c', '2', -1440, 'TPM', 3, 1), ('c', '2', -1441, 'TPM', 4, 1)`,
  `INSERT INTO sync_state (site_id, scope, watermark_ms, census_ms) VALUES ('a', 'all', 80000, 70000)`,
  `INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ('a', 7, 3), ('b', 2, 0), ('c', 1, 0)`,
]

/** Fails where an engine has not carried it over into today's tables. */
export async function expectCarriedOver(store: Store, rows: TestData['query']): Promise<void> {
  const watched = { projectKey: null, priorityIds: ['1', '2'] }
  const ever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
  expect(await store.ticketTotal('a', watched)).toBe(4)
  expect(await store.ticketTotal('b', watched)).toBe(1)
  expect(await rows(`SELECT day, count FROM day_counts WHERE site_id = 'c' ORDER BY day`)).toEqual([
    { day: -2, count: 4 },
    { day: -1, count: 5 },
  ])
  const span = { fromMinute: 2, toMinute: 1_440 }
  expect(await store.outside('a', span, watched)).toEqual({
    before: 2,
    after: 1,
    lastBeforeMs: 60_000,
    firstAfterMs: 86_400_000,
  })

  const all = await store.ticketsAfter({ siteId: 'a', projectKey: null, ...ever, after: null, limit: 9 })
  expect(all.map(({ id, source, left }) => [id, source, left])).toEqual([
    ['1', 'jira', null],
    ['4', 'jira', { atMs: 80_000, reason: 'lowered', projectKey: 'TPM' }],
    ['sample-5', 'sample', null],
    ['2', 'jira', null],
    ['3', 'jira', null],
  ])
  expect((await store.countedIds('a', watched, ever)).toSorted()).toEqual(['1', '2', '3'])
  // Its first strike was carried over.
  expect(await store.markMissing('a', ['1', '2'], 80_000, 10_000)).toEqual(['1'])
  expect(await store.syncState('a', 'all')).toEqual({ watermarkMs: 80_000, censusMs: 70_000 })
  // Nobody needs to ask for its counts anew.
  expect([await store.seq('a'), await store.epoch('a')]).toEqual([7, 3])
  for (const siteId of ['a', 'b', 'c']) while (await store.sumOldTickets(siteId));
  expect(await countDifferences(rows, 'a')).toEqual([])
  expect(await countDifferences(rows, 'b')).toEqual([])
}
