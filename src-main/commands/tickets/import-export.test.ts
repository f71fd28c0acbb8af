import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'

/** One workspace, gone through as somebody does it who comes from the first program: the tests build on each other. */
let cli: CliFixture
beforeAll(async () => {
  cli = createCliFixture(await makeTestEnvironment())
})
afterAll(() => cli.close())

const DUMP = `COPY public.tickets (ticket_id, ticket_severity, ticket_created_date, ticket_title, ticket_project) FROM stdin;
1\tHigh\t2021-03-04T10:11:12.000+0000\tLogin is slow\tTPM
2\tHighest\t2021-03-04 11:12:12\t=1+1\tTPM
3\tLow\t2021-03-04T10:13:12.000+0000\tColour\tTPM
\\.
`
const BAD = DUMP.replace('2021-03-04 11:12:12', 'yesterday')

function write(name: string, text: string): void {
  writeFileSync(path.join(cli.cwd, name), text)
}

function run(line: string, options?: Parameters<CliFixture['run']>[1]): Promise<CliResult> {
  return cli.run(line.split(' '), options)
}

async function json(line: string, code = 0): Promise<Record<string, unknown>> {
  const result = await run(`${line} --json`)
  expect(result).toMatchObject({ code })
  return JSON.parse(result.stdout) as Record<string, unknown>
}

/** An import does not make a time known: what is charted of it is the least that there is. */
async function charted(): Promise<number> {
  const { buckets } = await json('counts --from 2021-03-04T10:00Z --to 2021-03-04T11:00Z')
  const all = buckets as { total: number | null; known: boolean; atLeast: number }[]
  expect(all.map(({ total, known }) => total ?? known)).toEqual(all.map(() => false))
  return all.reduce((sum, { atLeast }) => sum + atLeast, 0)
}

describe('import', () => {
  test('a dump with a row that is no ticket: exit 1, reported line by line, and nothing is stored', async () => {
    write('bad.sql', BAD)
    const { code, stdout, stderr } = await run('import bad.sql')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.trimEnd().split('\n')).toEqual([
      '1 of 3 rows of bad.sql are no tickets. Nothing was imported.',
      '  line 3: ticket_created_date is "yesterday", which is no date and time',
      'Correct them, or import the others with --skip-bad.',
    ])
    const document = await json('import bad.sql', 1)
    const bad = [{ line: 3, reason: 'ticket_created_date is "yesterday", which is no date and time' }]
    expect(document).toMatchObject({ read: 3, imported: 0, skipped: 0, refused: 1, bad })
    expect(await charted()).toBe(0)
  })

  test('--dry-run stores nothing', async () => {
    write('old.sql', DUMP)
    expect(await json('import old.sql --dry-run')).toMatchObject({ dryRun: true, read: 3, imported: 0 })
    expect((await run('import old.sql --dry-run')).stdout).toContain('3 tickets can be imported')
    expect(await charted()).toBe(0)
  })

  test('a dump: its tickets are in the chart, in the zone that was said', async () => {
    const document = await json('import old.sql --zone Europe/Berlin')
    expect(document).toEqual({
      source: 'old.sql',
      format: 'old',
      table: 'public.tickets',
      dryRun: false,
      read: 3,
      imported: 3,
      unchanged: 0,
      repeated: 0,
      skipped: 0,
      refused: 0,
      counted: 2,
      from: '2021-03-04T10:11:12Z',
      to: '2021-03-04T10:13:12Z',
      assumedZone: { zone: 'Europe/Berlin', rows: 1 },
      unknownColumns: [],
      bad: [],
    })
    expect(await charted()).toBe(2)
  })

  test('again, from stdin: nothing changes, and what was assumed is reported', async () => {
    const typed = { typed: DUMP, endsStdin: true }
    const { code, stdout, stderr } = await run('import - --zone Europe/Berlin', typed)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^0 tickets imported from stdin \(table public\.tickets\); 3 were there already\. .+/,
    )
    expect(stderr).toContain('1 of 3 rows name no zone with a date: taken as Europe/Berlin (--zone).')
  })

  test('--skip-bad: the others are imported, exit 0, and what was left out is listed', async () => {
    write('more.csv', 'id,created,priorityName,mood\n8,2021-03-04T10:30Z,High,good\n9,soon,High,bad\n')
    const { code, stdout, stderr } = await run('import more.csv --skip-bad')
    expect([code, stdout.slice(0, 37)]).toEqual([0, '1 ticket imported from more.csv; 0 we'])
    expect(stderr).toContain('Not imported, since nothing is known of them: mood.')
    expect(stderr).toContain(
      '1 of 2 rows of more.csv are no tickets, and were left out.\n  line 3: created is "soon"',
    )
    expect(await charted()).toBe(3)
  })

  test('what cannot be imported at all: exit 2', async () => {
    write('dump.bin', 'PGDMP\u0001')
    const { code, stdout, stderr } = await run('import dump.bin')
    expect(stderr).toContain('pg_restore -f tickets.sql')
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('export', () => {
  test('CSV on stdout, and nothing else; what a spreadsheet would carry out is text', async () => {
    const { code, stdout, stderr } = await run('export')
    expect(code).toBe(0)
    expect(stdout.split('\n')[2]).toBe(
      "2,#2,TPM,'=1+1,1,Highest,,2021-03-04T10:12:12.000Z,2021-03-04T10:12:12.000Z,,,,,,,,",
    )
    expect(stdout.trimEnd().split('\n')).toHaveLength(5)
    expect(stderr).toBe('4 tickets written.\n')
  })

  test('JSON lines, by the name of the file; a span and a project', async () => {
    const file = path.join(cli.cwd, 'a.jsonl')
    const line = 'export a.jsonl --from 2021-03-04T10:12Z --to 2021-03-04T10:13Z --project TPM'
    expect(await json(line)).toEqual({ file, format: 'jsonl', tickets: 1 })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ id: '2', title: '=1+1' })
    expect((await run('export b.out --format csv')).stdout).toBe(
      `4 tickets written to ${path.join(cli.cwd, 'b.out')}.\n`,
    )
  })

  test('into another store and back it is the same', async () => {
    const { stdout: exported } = await run('export')
    write('all.csv', exported)
    const other = '--store sqlite:other.sqlite'
    expect(await json(`import all.csv ${other}`)).toMatchObject({ imported: 4, counted: 3 })
    expect((await run(`export ${other}`)).stdout).toBe(exported)
  })

  test('into a folder that is not there: exit 2', async () => {
    const { code, stderr } = await run('export nowhere/a.csv')
    expect(stderr).toContain('cannot be written (ENOENT)')
    expect(code).toBe(2)
  })

  test('interrupted: exit 130, and no half of a file', async () => {
    const leaving = new AbortController()
    leaving.abort(new Error('Ctrl-C'))
    expect((await run('export c.csv', { signal: leaving.signal })).code).toBe(130)
    expect(existsSync(path.join(cli.cwd, 'c.csv'))).toBe(false)
  })
})

test('the sample is a file that can be imported, too', async () => {
  const sample = path.join(import.meta.dirname, '..', '..', '..', 'data', 'sample-hour.jsonl')
  expect(await json(`import ${sample} --store sqlite:sample.sqlite`)).toMatchObject({
    read: 100,
    imported: 100,
  })
})
