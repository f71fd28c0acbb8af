import assert from 'node:assert/strict'
import { createWriter, type Database, type Statement, type Steps, type Tx, type Value } from '../sql.ts'
import { SCHEMA } from './connection/client.ts'
import type { Transaction, WriteTransaction } from './connection/connection.ts'
import type { PostgresDb } from './connection/open-connection.ts'
import { arrayOf } from './connection/values.ts'

const LIST = String.raw`IN \((:\w+)\[(\w+)\]\)`
const ITEMS = 'unnest(CAST($3 AS $4[])) AS wanted (item)'

/**
 * How PostgreSQL writes what `sql.ts` describes. Where it believes a site small it would read all of it and filter by the
 * list: OFFSET 0 and LIMIT 1 leave it no choice but to seek.
 */
const RULES = [
  [/\bHAS_ONE_OF\((\w+), (:\w+)\[\w+\]\)/g, 'jsonb_exists_any(CAST($1 AS JSONB), CAST($2 AS TEXT[]))'],
  [
    new RegExp(String.raw`\bAT \{(\w+) WHERE (\w+) ${LIST}([^}]*)\}`, 'g'),
    `ctid = ANY(ARRAY(SELECT place FROM ${ITEMS}
       CROSS JOIN LATERAL (SELECT ctid AS place FROM $1 WHERE $2 = item$5 LIMIT 1) AS found))`,
  ],
  [/\{(\w+ WHERE )/g, '{SELECT * FROM $1'],
  [
    new RegExp(String.raw`\{(\s*SELECT [^{}]* WHERE) (\w+) ${LIST}([^}]*)\}`, 'g'),
    `${ITEMS} CROSS JOIN LATERAL ($1 $2 = item$5 OFFSET 0) AS found`,
  ],
  [/\{(:\w+)\[(\w+)\]\}/g, 'unnest(CAST($1 AS $2[])) AS wanted (item)'],
  [new RegExp(LIST, 'g'), '= ANY(CAST($1 AS $2[]))'],
  [/\bVALUES \(([^)]*\][^)]*)\)/g, 'SELECT $1'],
  [/(:\w+)\[([^\]]+)\]/g, 'unnest(CAST($1 AS $2[]))'],
  // The server's clock: that of each machine is another. It goes on within a transaction.
  [/\bNOW_MS\b/g, 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)'],
  [
    /\bSTORE_BYTES\b/g,
    `(SELECT CAST(SUM(pg_total_relation_size(oid)) AS BIGINT) FROM pg_class
      WHERE relnamespace = CAST('${SCHEMA}' AS regnamespace) AND relkind = 'r')`,
  ],
  [/\bLOWERED\((\w+)\)/g, 'lower($1 COLLATE "C")'],
  [/\bPOSITION_IN\(/g, 'strpos('],
  [/\b(?:ITS_)?RUN_IS_THERE\b/g, '(1 = 1)'],
] as const

const written = createWriter(RULES, (place) => `$${place}`)

/** What runs statements of both engines on a PostgreSQL server. */
export function postgresDatabase(db: PostgresDb): Database {
  const read: Database['read'] = (work) => db.read((tx) => run(tx, work()))
  return {
    isInline: false,
    batch: { rows: 2_000, narrowRows: 10_000, places: 1_000 },
    query: (statement) => db.query(...textAndValues(statement)),
    scan: (statement) => db.scan(...textAndValues(statement)),
    read,
    readLong: read,
    write: (work) => db.write((tx) => runWriting(tx, work)),
    writeLease: (work) => db.write((tx) => runWriting(tx, work), 'lendDirect'),
  }
}

/** As `run`, of work that writes. */
export function runWriting<T>(tx: WriteTransaction, work: (tx: Tx) => Steps<T>): Promise<T> {
  const send = (...statements: Statement[]): void => {
    for (const statement of statements) void tx.query(...textAndValues(statement))
  }
  return run(tx, work({ ...tx, send }))
}

/** Does the work of a transaction. */
export async function run<T>(tx: Transaction, steps: Steps<T>): Promise<T> {
  let step = steps.next([])
  while (step.done !== true) {
    const answers = step.value.map(async (one) =>
      one === null ? [] : tx.query<unknown>(...textAndValues(one)),
    )
    step = steps.next(await Promise.all(answers))
  }
  return step.value
}

/** A statement as the server takes it. Rows are sent as one list a column. */
export function textAndValues({ text, params, rows }: Statement): [sql: string, values: unknown[]] {
  const { text: sql, names } = written(text)
  const values = names.map((name) => {
    assert(name in params || rows !== undefined, `No parameter is called ${name}`)
    const value: unknown =
      name in params ? params[name as never] : rows?.map((row) => row[name as never] ?? null)
    return Array.isArray(value) ? arrayOf(value as Value[]) : value
  })
  return [sql, values]
}
