import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openSource, type ImportSource, type OpenSource } from './import-source.ts'
import { fieldsOf, readAll } from '../../test-support/transfer/rows.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tpm-source-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

const CSV = 'id,title\n1,Zoë 😀\n'
const LINES = '{"id":"1","title":"Zoë 😀"}\n'
const DUMP = `SET client_encoding = 'UTF8';
COPY t (ticket_id, ticket_severity, ticket_created_date, ticket_title, ticket_project) FROM stdin;
1\tHigh\t2021-03-04\tZoë 😀\tTPM
\\.
`

async function open(
  content: string | Uint8Array,
  given: Partial<Pick<ImportSource & { kind: 'file' }, 'format' | 'table' | 'name'>> = {},
): Promise<OpenSource> {
  const file = path.join(folder, 'source')
  await writeFile(file, content)
  return openFile(file, given)
}

function openFile(file: string, given: object = {}): Promise<OpenSource> {
  const source = { kind: 'file' as const, file, name: path.basename(file), table: null, ...given }
  return openSource(source, new AbortController().signal)
}

async function title(source: OpenSource): Promise<unknown> {
  const [fields] = fieldsOf(await readAll(source.rows()))
  return fields?.title ?? fields?.ticket_title
}

function utf16(text: string): Buffer {
  return Buffer.from(`\u{FEFF}${text}`, 'utf16le')
}

describe('what a file is shows in how it begins', () => {
  test.each([
    ['csv', CSV],
    ['csv', `\u{FEFF}${CSV}`],
    ['csv', CSV.replaceAll(',', ';')],
    ['jsonl', LINES],
    ['jsonl', `\n ${LINES}`],
    ['old', DUMP],
    ['old', `--\n-- PostgreSQL database dump\n--\n\n${DUMP}\n-- PostgreSQL database dump complete\n`],
    ['old', `\\restrict x\n${DUMP}`],
  ])('%s: %j', async (format, content) => {
    const source = await open(content)
    expect(source.format).toBe(format)
    expect(await title(source)).toBe('Zoë 😀')
    expect(await title(source)).toBe('Zoë 😀') // as often as needed
  })

  test('packed with gzip', async () => {
    expect(await title(await open(gzipSync(DUMP)))).toBe('Zoë 😀')
  })

  test('in UTF-16, as PowerShell writes it', async () => {
    expect(await title(await open(utf16(DUMP)))).toBe('Zoë 😀')
    expect(await title(await open(utf16(DUMP).swap16()))).toBe('Zoë 😀')
  })

  test('a dump in another encoding than UTF-8 is refused, with what to do', async () => {
    expect(await title(await open(DUMP.replace('UTF8', 'SQL_ASCII')))).toBe('Zoë 😀')
    for (const encoding of ['LATIN1', 'BIG5']) {
      const dump = Buffer.from(DUMP.replace('UTF8', encoding).replace(' 😀', ''), 'latin1')
      await expect(open(dump)).rejects.toMatchObject({
        code: 'usage',
        message: `source is in the encoding ${encoding}, and of a dump only UTF-8 is read. Nothing was imported.`,
        hint: expect.stringMatching(
          /--encoding=UTF8\. Or load it into a database with psql, and import the table/,
        ),
      })
    }
  })

  test('the person’s word goes before', async () => {
    const source = await open(CSV, { format: 'jsonl' })
    expect(await readAll(source.rows())).toMatchObject([{ reason: 'this is not JSON' }, { at: 2 }])
  })

  test('an empty one is what its name says', async () => {
    for (const [name, format] of [
      ['a.csv', 'csv'],
      ['a.jsonl', 'jsonl'],
      ['a.ndjson.gz', 'jsonl'],
    ] as const) {
      const source = await open('', { name })
      expect([source.format, await readAll(source.rows())]).toEqual([format, []])
    }
  })
})

describe('what cannot be imported is named, with what to do', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['the custom format', 'PGDMP\u0001\u000E', 'pg_restore -f'],
    ['the custom format, packed', gzipSync('PGDMP\u0001\u000E'), 'pg_restore -f'],
    ['the tar format', `toc.dat${'\0'.repeat(250)}ustar${'\0'.repeat(250)}`, 'pg_restore -f'],
    ['zip', 'PK\u0003\u0004xx', 'Unpack it first'],
    ['zstd', zstdCompressSync(CSV), 'Unpack it first'],
    ['a picture', Uint8Array.from([0x89, 0x50, 0, 0, 0]), 'Give a dump, CSV or JSON lines'],
    ['a JSON array', `[${LINES}]`, 'jq -c'],
    ['nothing', '  \n', 'Check how it was made'],
    ['a letter', 'Dear Sir,\nplease find enclosed', '--format'],
    ['CSV without a first line', '1,2,3\n', '--format'],
  ])('%s', async (_what, content, hint) => {
    await expect(open(content)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^source .+ Nothing was imported\.$/),
      hint: expect.stringContaining(hint),
    })
  })

  test('a folder, and nothing at all', async () => {
    await expect(openFile(folder)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('pg_restore'),
    })
    await expect(openFile(path.join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'usage',
      message: 'nowhere is not there. Nothing was imported.',
    })
  })

  test('a table of what has none', async () => {
    await expect(open(CSV, { table: 't' })).rejects.toMatchObject({ code: 'usage' })
  })

  test('text in another encoding than it should be', async () => {
    const source = await open(Buffer.from(CSV.replace(' 😀', ''), 'latin1'))
    await expect(title(source)).rejects.toMatchObject({
      code: 'bad-data',
      message: 'source is not text in UTF-8. Nothing was imported.',
    })
  })

  test('a packed file that is cut off', async () => {
    const packed = gzipSync(CSV + '2,x\n'.repeat(100_000))
    const source = await open(packed.subarray(0, packed.length - 20))
    await expect(readAll(source.rows())).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('cut off or damaged'),
    })
  })
})

function leftovers(): Promise<string[]> {
  return readdir(folder)
}

function stream(content: Iterable<string>): ImportSource {
  return { kind: 'stream', stream: Readable.from(content), name: 'stdin', table: null }
}

describe('a stream', () => {
  beforeEach(() => {
    vi.stubEnv('TMPDIR', folder)
    onTestFinished(() => void vi.unstubAllEnvs())
  })

  test('is kept in a file of this user alone while it is read, twice', async () => {
    const source = await openSource(stream([LINES, LINES]), new AbortController().signal)
    expect(await leftovers()).toEqual([expect.stringMatching(/^jira-tpm-import-/)])
    expect(await title(source)).toBe('Zoë 😀')
    expect(await readAll(source.rows())).toHaveLength(2)
    await source.close()
    expect(await leftovers()).toEqual([])
  })

  test('leaves nothing behind where it is nothing, or is interrupted', async () => {
    await expect(openSource(stream(['PGDMP']), new AbortController().signal)).rejects.toMatchObject({
      code: 'usage',
    })
    const leaving = new AbortController()
    const endless = (function* () {
      for (;;) {
        leaving.abort(new Error('Ctrl-C'))
        yield LINES
      }
    })()
    await expect(openSource(stream(endless), leaving.signal)).rejects.toThrow('Ctrl-C')
    expect(await leftovers()).toEqual([])
  })
})
