import { pathToFileURL } from 'node:url'
import type { BenchResult } from './bench.ts'
import { FIELDS_SITE, FIELDS_START_MS, PER_MINUTE } from '../test-support/store/sqlite/fill-file.ts'
import { onPostgres, type BenchDatabase } from './fixtures/postgres.ts'
import { splitCharts } from './fixtures/split-charts.ts'

const TICKETS = 10_000_000
const AT_ONCE = 1_000_000

/** As `split-counts`, on a server. */
export async function run(tickets = TICKETS): Promise<BenchResult[]> {
  return onPostgres(async (server) => {
    const database = await server.database('splits')
    const store = await database.open()
    try {
      await fill(database, tickets)
      return await splitCharts(store, {
        siteId: FIELDS_SITE,
        startMs: FIELDS_START_MS,
        minutes: tickets / PER_MINUTE,
      })
    } finally {
      await store.close()
    }
  })
}

async function fill(database: BenchDatabase, tickets: number): Promise<void> {
  for (let from = 0; from < tickets; from += AT_ONCE)
    await database.query(ADD, [FIELDS_SITE, from, Math.min(tickets, from + AT_ONCE) - 1, FIELDS_START_MS])
  await database.query(COUNT_MINUTES, [FIELDS_SITE])
  await database.query(COUNT_FIELDS, [FIELDS_SITE])
  await database.query(COUNT_FIVE_MINUTES, [FIELDS_SITE])
  await database.query('INSERT INTO site_seq VALUES ($1, 1, 0) ON CONFLICT DO NOTHING', [FIELDS_SITE])
  await database.query('VACUUM ANALYZE')
}

const ADD = `
  INSERT INTO tickets (site_id, id, key, project_key, title, priority_id, priority_name, status, created_ms, updated_ms,
    first_seen_ms, issue_type, components, labels, reporter, rehearsed)
  SELECT $1, (1000000000 + n)::text, 'TPM-' || n, (ARRAY['TPM', 'OPS', 'WEB', 'WEB', 'WEB'])[n * n % 5 + 1],
    'Payments time out for customers in region ' || n % 97, (n % 2 + 1)::text, 'High', 'To Do',
    $4::bigint + n * ${60_000 / PER_MINUTE}, $4::bigint + n * ${60_000 / PER_MINUTE}, $4::bigint,
    (ARRAY['Bug', 'Incident', 'Task', 'Service request'])[n * 7 % 4 + 1],
    (ARRAY['[]', '["Checkout"]', '["Accounts","Search"]', '["Mobile"]'])[n % 4 + 1],
    (ARRAY['[]', '["customer"]', '["customer"]'])[n % 3 + 1], to_hex(n * n % 4001), (n % 50 = 0)::int
  FROM generate_series($2::bigint, $3::bigint) AS n`

const COUNT_MINUTES = `
  INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq)
  SELECT site_id, priority_id, created_ms / 60000, project_key, COUNT(*), 1 FROM tickets WHERE site_id = $1
  GROUP BY 1, 2, 3, 4 ORDER BY 3`

const COUNT_FIVE_MINUTES = `
  INSERT INTO usual_counts (site_id, priority_id, five_minutes, project_key, count, rehearsed, others)
  SELECT site_id, priority_id, created_ms / 300000, project_key, SUM(1 - rehearsed), SUM(rehearsed), 0 FROM tickets
  WHERE site_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 3`

const COUNT_FIELDS = `
  INSERT INTO field_counts (site_id, priority_id, minute, project_key, issue_type, rehearsed, count)
  SELECT site_id, priority_id, created_ms / 60000, project_key, issue_type, rehearsed, COUNT(*)
  FROM tickets WHERE site_id = $1 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 3`

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.table(await run(Number(process.argv[2] ?? TICKETS)))
