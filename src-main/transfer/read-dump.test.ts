import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { BadRow, SourceRow } from './source-row.ts'
import { fieldsOf, inPieces, readAll } from '../../test-support/transfer/rows.ts'
import { readDump } from './read-dump.ts'

const COPY = `COPY public.tickets (ticket_id, ticket_severity, ticket_created_date, ticket_title, ticket_project) FROM stdin;
1\tHigh\t2021-03-04T10:11:12.000+0000\tLogin is slow\tTPM
2\tHighest\t2021-03-04T10:12:12.000+0000\tTab\\there, line\\nbreak, back\\\\slash\tTPM
3\t\\N\t2021-03-04T10:13:12.000+0000\t\tTPM
\\.
`

interface Read {
  readonly rows: (SourceRow | BadRow)[]
  readonly table: string
}

async function read(text: string, { table = null as string | null, size = 65_536 } = {}): Promise<Read> {
  let label = ''
  const parts = { name: 'x.sql', table, onTable: (found: string) => void (label = found) }
  return { rows: await readAll(readDump(inPieces(text, size), parts)), table: label }
}

async function titles(text: string, table: string | null = null): Promise<unknown[]> {
  return fieldsOf((await read(text, { table })).rows).map((fields) => fields.ticket_title)
}

function fixture(name: string): string {
  return readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8')
}

describe('COPY', () => {
  test('rows with their lines, escapes and NULLs', async () => {
    const { rows, table } = await read(COPY)
    expect(table).toBe('public.tickets')
    expect(rows.map(({ at }) => at)).toEqual([2, 3, 4])
    expect(fieldsOf(rows)).toMatchObject([
      { ticket_id: '1', ticket_severity: 'High', ticket_title: 'Login is slow', ticket_project: 'TPM' },
      { ticket_title: 'Tab\there, line\nbreak, back\\slash' },
      { ticket_severity: null, ticket_title: '' },
    ])
  })

  test.each([
    [String.raw`\b\f\n\r\t\v\\`, '\b\f\n\r\t\v\\'],
    [String.raw`\x\q\"\'\u0041`, `xq"'u0041`],
    [String.raw`a\N`, 'aN'],
    [String.raw`\\N`, String.raw`\N`],
  ])('escapes: %s', async (escaped, plain) => {
    expect(await titles(COPY.replace('Login is slow', () => escaped))).toContain(plain)
  })

  test('columns in any order, more of them, and quoted', async () => {
    const text = `COPY "Old one"."Tickets" ("ticket_title", extra, ticket_id, ticket_project, ticket_created_date, ticket_severity) FROM stdin;
title\tx\t7\tTPM\t2021-03-04T10:11:12.000+0000\tHigh
\\.
`
    const { rows, table } = await read(text)
    expect(table).toBe('Old one.Tickets')
    expect(fieldsOf(rows)).toEqual([
      {
        ticket_id: '7',
        ticket_severity: 'High',
        ticket_created_date: '2021-03-04T10:11:12.000+0000',
        ticket_title: 'title',
        ticket_project: 'TPM',
      },
    ])
  })

  test('a row of too few columns is bad, and the others are read', async () => {
    const { rows } = await read(COPY.replace('1\tHigh\t', '1\t'))
    expect(rows[0]).toEqual({ at: 2, reason: 'this has 4 columns, and the table 5' })
    expect(rows).toHaveLength(3)
  })

  test('lines that end as in Windows', async () => {
    expect(await read(COPY.replaceAll('\n', '\r\n'))).toEqual(await read(COPY))
  })
})

describe('INSERT', () => {
  const head =
    'INSERT INTO public.tickets (ticket_id, ticket_severity, ticket_created_date, ticket_title, ticket_project)'
  const rows = `${head} VALUES (1, 'High', '2021-03-04', 'one', 'TPM');\n`

  test.each([
    rows,
    `CREATE TABLE public.tickets (ticket_id int);\n${rows}`,
    'INSERT INTO tickets VALUES (1);\n',
  ])('is not read: the line is named, and the ways to have it all the same (%#)', async (text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /^x\.sql has its rows as INSERT statements \(line [12]\): of a dump only those are read that pg_dump writes by COPY\. Nothing was imported\.$/,
      ),
      hint: expect.stringMatching(
        /^Dump it again without --inserts.*with psql, and import the table from there/,
      ),
    })
  })

  test('of other tables is passed over', async () => {
    expect((await read(rows.replace('tickets', 'others') + COPY)).rows).toHaveLength(3)
  })
})

describe('among other things', () => {
  const others = fixture('other-tables.sql')

  test('comments, functions, other tables and psql’s commands are passed over', async () => {
    const text = others.replace('-- HERE', () => COPY)
    const { rows, table } = await read(text)
    expect(table).toBe('public.tickets')
    expect(rows).toHaveLength(3)
    const line = text.split('\n').findIndex((one) => one.startsWith('1\tHigh\t2021')) + 1
    expect(rows[0]?.at).toBe(line)
  })

  test('whatever pieces it comes in', async () => {
    const text = others.replace('-- HERE', () => COPY + COPY)
    const whole = await read(text)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
        expect(await read(text, { size })).toEqual(whole)
      }),
      { numRuns: 40 },
    )
  })

  test('an old dump names the schema once', async () => {
    const text = `SET search_path = shop, pg_catalog;\n${COPY.replace('public.', '')}`
    expect((await read(text)).table).toBe('shop.tickets')
  })

  test('an empty table is found', async () => {
    const [copy, end] = [COPY.split('\n')[0], '\\.']
    expect(await read(`${copy}\n${end}\n`)).toEqual({ rows: [], table: 'public.tickets' })
  })

  test('none of them has the columns', async () => {
    await expect(read(others)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('has no table with the columns ticket_id, ticket_severity'),
    })
  })

  test('two of them do: the person says which', async () => {
    const two = COPY + COPY.replace('public.tickets', 'archive.tickets_2019')
    await expect(read(two)).rejects.toMatchObject({
      code: 'usage',
      hint: 'Say which: --table archive.tickets_2019, or --table public.tickets',
    })
    for (const asked of ['tickets_2019', 'archive.tickets_2019', '"archive"."tickets_2019"']) {
      expect(await read(two, { table: asked })).toMatchObject({ table: 'archive.tickets_2019' })
    }
    expect((await read(two, { table: 'tickets' })).rows).toHaveLength(3)
    await expect(read(two, { table: 'nowhere' })).rejects.toMatchObject({
      hint: 'There is archive.tickets_2019, public.tickets.',
    })
  })
})

describe('cut off', () => {
  const complete = `--\n-- PostgreSQL database dump\n--\n\n${COPY}\n--\n-- PostgreSQL database dump complete\n--\n\n`

  test('a whole one is read', async () => {
    expect((await read(complete)).rows).toHaveLength(3)
  })

  test('wherever it is cut, that is reported', async () => {
    const last = complete.indexOf(' complete')
    for (let length = 40; length < last; length += 7) {
      await expect(read(complete.slice(0, length)), `cut at ${length}`).rejects.toMatchObject({
        message: expect.stringContaining('cut off'),
      })
    }
  })

  test('in the middle of a table, also where nothing says that it is a dump', async () => {
    await expect(read(COPY.slice(0, -4))).rejects.toMatchObject({ code: 'bad-data' })
  })
})
