import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SandboxError } from '../sandbox-error.ts'
import { openSandboxDatabase } from './open-database.ts'
import { createIssueReads } from './read-issues.ts'
import { createSearchIndex } from './search-index.ts'

const FIRST_COLUMNS = `project_key TEXT NOT NULL, number INTEGER NOT NULL, type_id INTEGER NOT NULL, priority_id INTEGER NOT NULL,
  title TEXT NOT NULL, labels TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL`

/** A file as the first version of the sandbox left it, with a ticket that search saw and one that it did not. */
const FIRST_VERSION = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  last_number INTEGER NOT NULL
);

CREATE TABLE indexed_issues (id INTEGER PRIMARY KEY, 
  ${FIRST_COLUMNS});
CREATE UNIQUE INDEX indexed_issues_key ON indexed_issues (project_key, number);
CREATE INDEX indexed_issues_created ON indexed_issues (created_ms);
CREATE INDEX indexed_issues_updated ON indexed_issues (updated_ms);

CREATE TABLE indexed_labels (
  label TEXT NOT NULL COLLATE NOCASE,
  issue_id INTEGER NOT NULL,
  PRIMARY KEY (label, issue_id)
) WITHOUT ROWID;

CREATE TABLE unindexed_issues (
  seq INTEGER PRIMARY KEY,
  due_ms INTEGER NOT NULL,
  id INTEGER NOT NULL, 
  ${FIRST_COLUMNS}
);
CREATE INDEX unindexed_issues_id ON unindexed_issues (id, seq);
CREATE INDEX unindexed_issues_key ON unindexed_issues (project_key, number);
CREATE INDEX unindexed_issues_due ON unindexed_issues (due_ms);

CREATE VIEW latest_issues AS
  SELECT id, project_key, number, type_id, priority_id, title, labels, created_ms, updated_ms
  FROM unindexed_issues AS newer
  WHERE seq = (SELECT max(seq) FROM unindexed_issues WHERE id = newer.id)
  UNION ALL
  SELECT id, project_key, number, type_id, priority_id, title, labels, created_ms, updated_ms
  FROM indexed_issues AS settled
  WHERE NOT EXISTS (SELECT 1 FROM unindexed_issues WHERE id = settled.id);

CREATE TABLE descriptions (issue_id INTEGER PRIMARY KEY, document TEXT NOT NULL);

CREATE TABLE priority_changes (
  issue_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  from_id INTEGER NOT NULL,
  to_id INTEGER NOT NULL
);
CREATE INDEX priority_changes_issue ON priority_changes (issue_id);

CREATE TABLE properties (
  issue_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (issue_id, key)
) WITHOUT ROWID;

CREATE TABLE bulk_deletes (
  id INTEGER PRIMARY KEY,
  issue_ids TEXT NOT NULL,
  invalid INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  updated_ms INTEGER NOT NULL
);
INSERT INTO projects VALUES (10000, 'TPM', 'Tickets per minute', 2);
INSERT INTO meta VALUES ('next_issue_id', '10002');
INSERT INTO indexed_issues VALUES (10000, 'TPM', 1, 10001, 2, 'Settled', '[]', 1000, 1000);
INSERT INTO unindexed_issues VALUES (1, 9000, 10001, 'TPM', 2, 10001, 2, 'Waiting', '["l"]', 2000, 2000);
PRAGMA application_id = 1414548851;
PRAGMA user_version = 1;
`

const COLUMNS = ['indexed_issues', 'unindexed_issues', 'old_keys', 'latest_issues'].map(
  (table) => `SELECT name, type, "notnull", dflt_value FROM pragma_table_info('${table}') ORDER BY name`,
)

describe('a sandbox’s file', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tpm-sandbox-'))
    file = path.join(folder, 'sandbox.sqlite')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const refusal = (refused = file): SandboxError => {
    try {
      openSandboxDatabase(refused).close()
    } catch (error) {
      if (error instanceof SandboxError) return error
      throw error
    }
    throw new Error('It was not refused')
  }

  test('is made where it is missing, and opened again after it was closed', () => {
    openSandboxDatabase(file).exec("INSERT INTO meta VALUES ('a', 'b')").close()
    const db = openSandboxDatabase(file)
    expect(db.prepare('SELECT value FROM meta').pluck().all()).toEqual(['b'])
    db.close()
  })

  test('has one sandbox in one process', () => {
    const first = openSandboxDatabase(file)
    expect(refusal()).toMatchObject({ code: 'busy', message: expect.stringContaining(file) })
    first.close()
    openSandboxDatabase(file).close()
  })

  test('has one sandbox in all processes, until that process is gone, however it ends', async () => {
    const program = `
      import { openSandboxDatabase } from ${JSON.stringify(new URL('./open-database.ts', import.meta.url).href)}
      openSandboxDatabase(process.argv[1])
      process.stdout.write('open')
      setInterval(() => undefined, 1_000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, file])
    await once(child.stdout, 'data')
    expect(refusal().code).toBe('busy')
    child.kill('SIGKILL')
    await once(child, 'exit')
    openSandboxDatabase(file).close()
  })

  test('is left as it is where it is something else', async () => {
    await writeFile(file, 'My diary. '.repeat(1_000))
    expect(refusal().code).toBe('store-not-a-database')
    expect(await readFile(file, 'utf8')).toBe('My diary. '.repeat(1_000))
  })

  test('is left as it is where it is another program’s database', () => {
    new Database(file).exec('CREATE TABLE diary (day TEXT)').close()
    expect(refusal().code).toBe('store-not-a-database')
    const db = new Database(file)
    expect(db.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['diary'])
    db.close()
  })

  test('of the first version is brought up to date, with its tickets and what waits to be indexed', () => {
    const old = new Database(file)
    old.exec(FIRST_VERSION)
    old.close()
    const db = openSandboxDatabase(file)
    const issues = createIssueReads(db)
    expect(issues.find('TPM-1')).toMatchObject({
      id: 10_000,
      title: 'Settled',
      severityId: null,
      componentIds: [],
      reporterId: 0,
      statusId: 10_000,
      resolutionId: null,
    })
    expect(issues.find('TPM-2')).toMatchObject({ id: 10_001, title: 'Waiting', labels: ['l'] })
    expect(issues.all()).toHaveLength(2)
    createSearchIndex(db).flush()
    expect(db.prepare('SELECT count(*) FROM indexed_issues').pluck().get()).toBe(2)

    const fresh = openSandboxDatabase(':memory:')
    for (const query of [
      'SELECT name, type FROM sqlite_schema ORDER BY 1',
      'PRAGMA user_version',
      ...COLUMNS,
    ])
      expect([query, db.prepare(query).all()]).toEqual([query, fresh.prepare(query).all()])
    for (const open of [db, fresh]) open.close()
    openSandboxDatabase(file).close()
  })

  test('is left as it is where a newer program wrote it', () => {
    openSandboxDatabase(file).close()
    const db = new Database(file)
    db.pragma('user_version = 99')
    db.close()
    expect(refusal().code).toBe('store-newer')
  })

  test('cannot be in a folder that is missing, nor be a folder', () => {
    expect(refusal(path.join(folder, 'missing', 'x.sqlite')).code).toBe('folder-not-writable')
    expect(refusal(folder).code).toBe('folder-not-writable')
  })
})
