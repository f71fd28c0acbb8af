import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPostgres } from '../../test-support/store/postgres-bin.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'
import { oldFieldsOf, oldTableSql } from '../../test-support/transfer/old-table.ts'
import { fieldsOf, inPieces, readAll } from '../../test-support/transfer/rows.ts'
import { readDump } from './read-dump.ts'

/** A server comes with its own pg_dump, which no newer server lets in; npm's binaries have none. */
const system = findPostgres(15)
const program = path.join(system?.bin ?? '', 'pg_dump')
const isHere = system !== null && existsSync(program)
if (!isHere)
  console.error('\nNO DUMP OF THE REAL pg_dump IS READ: there is no PostgreSQL 15 with pg_dump here.\n')

async function read(text: string, table: string | null = null): Promise<unknown[]> {
  const rows = await readAll(readDump(inPieces(text, 1_000), { name: 'x.sql', table, onTable: () => {} }))
  return fieldsOf(rows).toSorted((a, b) => Number(a.ticket_id) - Number(b.ticket_id))
}

describe.skipIf(!isHere)('what the real pg_dump writes', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres({ bin: system?.bin ?? '' })
    await queryOnce(server.url(), 'CREATE SCHEMA "Odd ""name"""')
    await queryOnce(server.url(), oldTableSql())
    // Around it what other programs leave in a database.
    await queryOnce(
      server.url(),
      `CREATE TABLE "Odd ""name"""."a;b" (id SERIAL, "it's" TEXT CHECK ("it's" <> ');'));
       INSERT INTO "Odd ""name"""."a;b" ("it's") VALUES ('COPY public.tickets FROM stdin;'), (E'\\\\.\\n\\\\.');
       CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
         INSERT INTO tickets VALUES (1, 'it''s'); RETURN NEW; END $f$;
       CREATE TRIGGER noted AFTER INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION note();
       COMMENT ON TABLE tickets IS 'the first program''s; INSERT INTO tickets';
       CREATE VIEW urgent AS SELECT * FROM tickets WHERE ticket_severity = 'High';
       CREATE TABLE zz_last AS SELECT generate_series(1, 100) AS n`,
    )
  })
  afterAll(() => server.stop())

  function dump(...flags: string[]): string {
    const where = ['-h', server.host, '-p', String(server.port), '-U', 'postgres', 'postgres']
    return execFileSync(program, [...flags, ...where], { encoding: 'utf8', timeout: 30_000 })
  }

  test.each([
    ['COPY', []],
    ['quoted names', ['--quote-all-identifiers']],
    ['the table alone', ['--table=tickets']],
    ['data alone', ['--data-only', '--table=tickets']],
    ['with what drops and makes the database', ['--clean', '--create', '--if-exists']],
    ['without owners and rights', ['--no-owner', '--no-acl', '--no-comments']],
  ])('%s', async (_what, flags) => {
    expect(await read(dump(...flags))).toEqual(oldFieldsOf())
  })

  test.each([
    ['INSERT', ['--inserts']],
    ['INSERT with columns', ['--column-inserts']],
    ['INSERT of many rows', ['--rows-per-insert=5', '--on-conflict-do-nothing']],
    ['data alone by INSERT', ['--data-only', '--inserts', '--table=tickets']],
  ])('%s is refused, with what to do', async (_what, flags) => {
    const text = dump(...flags)
    for (const table of [null, 'tickets']) {
      await expect(read(text, table)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('has its rows as INSERT statements'),
        hint: expect.stringContaining('with psql, and import the table from there'),
      })
    }
  })
})
