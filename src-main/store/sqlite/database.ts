import { setImmediate } from 'node:timers/promises'
import { createWriter, type Database, type Statement, type Steps } from '../sql.ts'
import type { FileSnapshot, SqliteDb } from './connection.ts'

/** How SQLite writes what `sql.ts` describes. It seeks by itself where a list stands between the columns of a key. */
const RULES = [
  [/\bAT \{(\w+) WHERE ([^}]*)\}/g, 'rowid IN (SELECT rowid FROM $1 WHERE $2)'],
  [/\{(\w+ WHERE [^}]*)\}/g, '$1'],
  [
    /\bHAS_ONE_OF\((\w+), (:\w+)\[\w+\]\)/g,
    'EXISTS (SELECT 1 FROM json_each($1) AS one WHERE one.value IN (SELECT value FROM json_each($2)))',
  ],
  [/\{(:\w+)\[\w+\]\}/g, '(SELECT value AS item FROM json_each($1)) AS wanted'],
  [/\bIN \((:\w+)\[\w+\]\)/g, 'IN (SELECT value FROM json_each($1))'],
  [/(:\w+)\[\w+\]/g, '$1'],
  [/\bNOW_MS\b/g, 'now_ms()'],
  [/\bSTORE_BYTES\b/g, '(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())'],
  [/\bLOWERED\(/g, 'lower('],
  [/\bPOSITION_IN\(/g, 'instr('],
  [
    /\bITS_RUN_IS_THERE\b/g,
    'EXISTS (SELECT 1 FROM runs WHERE site_id = slots.site_id AND run_id = slots.run_id)',
  ],
  [/\bRUN_IS_THERE\b/g, 'EXISTS (SELECT 1 FROM runs WHERE site_id = :siteId AND run_id = :runId)'],
] as const

const written = createWriter(RULES, () => '?')

/** What runs statements of both engines in a SQLite file. */
export function sqliteDatabase(db: SqliteDb): Database {
  const rowsOf = statementRunner(db)
  const run = <T>(steps: Steps<T>): T => {
    let step = steps.next([])
    while (step.done !== true) step = steps.next(step.value.map(rowsOf))
    return step.value
  }
  const query = <Row>(statement: Statement<Row>): Promise<Row[]> => db.query(() => rowsOf(statement) as Row[])
  const write: Database['write'] = (work) =>
    db.write((discard) =>
      // A file's watcher reports a write, not of what.
      run(
        work({
          send: (...statements) => statements.forEach(rowsOf),
          notify: () => {},
          notifyAll: () => {},
          discard,
        }),
      ),
    )
  return {
    isInline: true,
    batch: { rows: 1_000, narrowRows: 1_440, places: 500 },
    query,
    scan: query,
    read: (work) => db.read(() => run(work())),
    async readLong(work) {
      const snapshot = await db.snapshot()
      try {
        return await runInTurns(snapshot, work())
      } finally {
        snapshot.close()
      }
    },
    write,
    writeLease: write,
  }
}

/** Lets the event loop go on after each statement. */
async function runInTurns<T>(snapshot: FileSnapshot, steps: Steps<T>): Promise<T> {
  const rowsOf = statementRunner(snapshot)
  let step = steps.next([])
  while (step.done !== true) {
    const answers: unknown[][] = []
    for (const one of step.value) {
      answers.push(await snapshot.query(() => rowsOf(one)))
      if (one !== null) await setImmediate()
    }
    step = steps.next(answers)
  }
  return step.value
}

/** Runs statements inside `read`, `write` or a snapshot. */
export function statementRunner(db: Pick<SqliteDb, 'statement'>): (given: Statement | null) => unknown[] {
  const prepared = new Map<string, ReturnType<typeof prepare>>()
  const prepare = ({ text: said, params }: Statement) => {
    const { text, names } = written(said)
    const statement = db.statement(text)
    /** Of the rows that it writes; the other parameters are the same for all. */
    const columns = names.flatMap((name, place) => (name in params ? [] : [{ name, place }]))
    const known = { statement, isReader: statement.reader, names, columns }
    prepared.set(said, known)
    return known
  }
  return (given) => {
    if (given === null || given.serverOnly) return []
    const { statement, isReader, names, columns } = prepared.get(given.text) ?? prepare(given)
    const values = names.map((name) => valueOf(given.params[name as never]))
    if (given.rows !== undefined) {
      for (const row of given.rows) {
        for (const { name, place } of columns) values[place] = row[name as never]
        statement.run(...values)
      }
      return []
    }
    if (isReader) return statement.all(...values)
    statement.run(...values)
    return []
  }
}

function valueOf(value: unknown): unknown {
  return Array.isArray(value) ? JSON.stringify(value) : value
}
