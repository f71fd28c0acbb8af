import { createWriter, valuesOf, type Database, type Statement, type Steps, type Value } from '../sql.ts'
import type { Transaction } from './connection/connection.ts'
import type { PostgresDb } from './connection/open-connection.ts'
import { arrayOf } from './connection/values.ts'

const WANTED = 'unnest(CAST($3 AS $4[])) AS wanted (item)'
const SEEK = String.raw`\{(\w+) WHERE (\w+) IN \((:\w+)\[(\w+)\]\)([^}]*)\}`

/**
 * How PostgreSQL writes what `sql.ts` describes. Where it believes a site small it would read all of it and filter by the
 * list: OFFSET 0 and LIMIT 1 leave it no choice but to seek.
 */
const RULES = [
  [
    new RegExp(String.raw`\bAT ${SEEK}`, 'g'),
    `ctid = ANY(ARRAY(SELECT place FROM ${WANTED}
       CROSS JOIN LATERAL (SELECT ctid AS place FROM $1 WHERE $2 = wanted.item$5 LIMIT 1) AS found))`,
  ],
  [
    new RegExp(SEEK, 'g'),
    `${WANTED} CROSS JOIN LATERAL (SELECT * FROM $1 WHERE $2 = wanted.item$5 OFFSET 0) AS found`,
  ],
  [/\{(:\w+)\[(\w+)\]\}/g, 'unnest(CAST($1 AS $2[])) AS wanted (item)'],
  [/\bIN \((:\w+)\[(\w+)\]\)/g, '= ANY(CAST($1 AS $2[]))'],
  [/\bVALUES \(([^)]*\][^)]*)\)/g, 'SELECT $1'],
  [/(:\w+)\[([^\]]+)\]/g, 'unnest(CAST($1 AS $2[]))'],
  // The server's clock: that of each machine is another. It goes on within a transaction.
  [/\bNOW_MS\b/g, 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)'],
  [/\b(?:ITS_)?RUN_IS_THERE\b/g, '(1 = 1)'],
] as const

/** What runs statements of both engines on a PostgreSQL server. */
export function postgresDatabase(db: PostgresDb): Database {
  return {
    batch: { rows: 2_000, narrowRows: 10_000, places: 1_000 },
    query: (statement) => db.query(...textAndValues(statement)),
    scan: (statement) => db.scan(...textAndValues(statement)),
    read: (work) => db.read((tx) => run(tx, work())),
    write: (work) =>
      db.write((tx) => {
        const send = (...statements: Statement[]): void => {
          for (const statement of statements) void tx.query(...textAndValues(statement))
        }
        return run(tx, work({ ...tx, send }))
      }),
  }
}

async function run<T>(tx: Transaction, steps: Steps<T>): Promise<T> {
  let step = steps.next([])
  while (step.done !== true) {
    const answers = step.value.map((statement) => tx.query<unknown>(...textAndValues(statement)))
    step = steps.next(await Promise.all(answers))
  }
  return step.value
}

const written = createWriter(RULES, (place) => `$${place}`)

/** A statement as the server takes it. Rows are sent as one list a column. */
function textAndValues({ text, params, rows }: Statement): [sql: string, values: unknown[]] {
  const { text: sql, names } = written(text)
  const columns = Object.fromEntries(
    names.map((name) => [name, rows?.map((row) => (row as Record<string, Value>)[name] ?? null)]),
  )
  const values = valuesOf(names, params, columns)
  return [sql, values.map((value) => (Array.isArray(value) ? arrayOf(value as Value[]) : value))]
}
