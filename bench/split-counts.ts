import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import type { SplitField } from '../src-shared/contract/fields.ts'
import { minuteOf } from '../src-shared/domain/minute.ts'
import { splitCounts } from '../src-shared/domain/split.ts'
import { machineClock } from '../src-main/runtime/clock.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import type { Store } from '../src-main/store/store.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'
import { BENCH_START_MS } from './fixtures/tickets.ts'

const TICKETS = 10_000_000
const PER_MINUTE = 10
const AT_ONCE = 100_000
const SITE = 'bench'
const WEEK = 7 * 1_440

/** Charts of ten tickets a minute of three projects and four types, by a field, anywhere in a file's history. */
export async function run(tickets = TICKETS): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const file = path.join(folder, 'tpm.sqlite')
  try {
    await (await openSqliteStore({ file, clock: machineClock })).close()
    fill(file, tickets)
    const store = await openSqliteStore({ file, clock: machineClock })
    try {
      return await charts(store, tickets / PER_MINUTE)
    } finally {
      await store.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function charts(store: Store, minutes: number): Promise<BenchResult[]> {
  const time = async (span: readonly [length: number, bucket: number], splitBy: SplitField) => {
    const samples: number[] = []
    for (let i = 0; i < 60; i++) {
      const [length, bucketMinutes] = span
      // A prime number of steps through the history: no two charts begin alike.
      const fromMinute = minuteOf(BENCH_START_MS) + ((i * 7_919) % (minutes - length))
      const buckets = { fromMinute, toMinute: fromMinute + length, bucketMinutes }
      const scope = { siteId: SITE, projectKey: null, priorityIds: ['1', '2'] }
      const began = performance.now()
      const { cells } = await store.splitCells({ ...scope, ...buckets, splitBy })
      splitCounts(buckets, splitBy, cells)
      samples.push(performance.now() - began)
    }
    return percentile(samples, 0.95)
  }
  const hour = [60, 1] as const
  const week = [WEEK, 10] as const
  return [
    atMost(5, figure('an hour by project p95', await time(hour, 'project'))),
    figure('an hour by component, from its tickets p95', await time(hour, 'component')),
    atMost(20, figure('7 days by 10 minutes by project p95', await time(week, 'project'))),
    figure('7 days by 10 minutes by type p95', await time(week, 'issueType')),
    figure('7 days by 10 minutes by component, from their tickets p95', await time(week, 'component')),
  ]
}

function figure(name: string, value: number) {
  return { name, value, unit: 'ms' }
}

/** By statements of its own: as many tickets by pages take half an hour. */
function fill(file: string, tickets: number): void {
  const db = new Database(file)
  db.pragma('synchronous = OFF')
  const add = db.prepare(ADD)
  for (let from = 0; from < tickets; from += AT_ONCE)
    add.run({ site: SITE, from, to: Math.min(tickets, from + AT_ONCE), startMs: BENCH_START_MS })
  db.exec(COUNT_THEM)
  db.close()
}

const ADD = `
  INSERT INTO tickets (site_id, id, key, project_key, title, priority_id, priority_name, status, created_ms, updated_ms,
    first_seen_ms, issue_type, components, labels, reporter, rehearsed)
  WITH RECURSIVE numbers (n) AS (
    SELECT CAST(@from AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < @to
  )
  SELECT @site, 1000000000 + n, 'TPM-' || n, CASE n * n % 5 WHEN 0 THEN 'TPM' WHEN 1 THEN 'OPS' ELSE 'WEB' END,
    'Payments time out for customers in region ' || (n % 97), CAST(n % 2 + 1 AS TEXT), 'High', 'To Do',
    CAST(@startMs AS INTEGER) + n * ${60_000 / PER_MINUTE}, CAST(@startMs AS INTEGER) + n * ${60_000 / PER_MINUTE}, 0,
    CASE n * 7 % 4 WHEN 0 THEN 'Bug' WHEN 1 THEN 'Incident' WHEN 2 THEN 'Task' ELSE 'Service request' END,
    CASE n % 4 WHEN 0 THEN '[]' WHEN 1 THEN '["Checkout"]' WHEN 2 THEN '["Accounts","Search"]' ELSE '["Mobile"]' END,
    CASE n % 3 WHEN 0 THEN '[]' ELSE '["customer"]' END, printf('%016x', n * n % 4001), n % 50 = 0
  FROM numbers`

const COUNT_THEM = `
  INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq)
    SELECT site_id, priority_id, created_ms / 60000, project_key, COUNT(*), 1 FROM tickets GROUP BY 1, 2, 3, 4;
  INSERT INTO field_counts (site_id, priority_id, minute, project_key, issue_type, rehearsed, count)
    SELECT site_id, priority_id, created_ms / 60000, project_key, issue_type, rehearsed, COUNT(*)
    FROM tickets GROUP BY 1, 2, 3, 4, 5, 6;
  INSERT INTO site_seq VALUES ('${SITE}', 1, 0)`

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const tickets = Number(process.argv[2] ?? TICKETS)
  console.table(await run(tickets))
}
