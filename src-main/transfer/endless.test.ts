import { describe, expect, test } from 'vitest'
import { promisedMs } from '../../test-support/promised.ts'
import { readDump } from './read-dump.ts'
import { readCsv, readJsonLines } from './ticket-rows.ts'
import { readAll } from '../../test-support/transfer/rows.ts'

/** `start`, and then `again` until there are so many million characters; in pieces as a file has them. */
async function* endless(start: string, again: string, millions: number): AsyncGenerator<string> {
  yield start
  const piece = again.repeat(Math.ceil(65_536 / again.length))
  for (let length = 0; length < millions * 1_000_000; length += piece.length) yield piece
}

/** What a reader says of 50 MB without an end, and how long it took to say so. */
async function refusalOf(rows: AsyncIterable<unknown>): Promise<{ error: unknown; tookMs: number }> {
  const beganMs = performance.now()
  const error = await readAll(rows).catch((thrown: unknown) => thrown)
  return { error, tookMs: performance.now() - beganMs }
}

const dump = (pieces: AsyncIterable<string>) =>
  readDump(pieces, { name: 'x.sql', table: null, onTable: () => {} })

describe('50 MB of what has no end: an error that names its line, in seconds', () => {
  test.each([
    ['a statement', 'SELECT 1;\nINSERT INTO tickets VALUES (', 'a,'],
    ['a list of columns', 'SELECT 1;\nCOPY public.tickets (', 'a, '],
    ['a name in quotes', 'SELECT 1;\nCOPY "', '""'],
    ['a comment', 'SELECT 1;\n--', ' and so on'],
    ['a row of COPY', 'COPY x (a) FROM stdin;\n', 'a\t'],
  ])('%s of a dump', async (_what, start, again) => {
    const { error, tookMs } = await refusalOf(dump(endless(start, again, 50)))
    expect(error).toMatchObject({ code: 'bad-data', message: expect.stringContaining('begins in line 2') })
    expect(tookMs).toBeLessThan(promisedMs(3_000))
  })

  test('a line of JSON lines', async () => {
    const { error, tookMs } = await refusalOf(
      readJsonLines(endless('{"id":"1"}\n{"id":"', 'x', 50), { name: 'x', onUnknown: () => {} }),
    )
    expect(error).toMatchObject({ code: 'bad-data', message: expect.stringContaining('begins in line 2') })
    expect(tookMs).toBeLessThan(promisedMs(3_000))
  })

  test('a text of CSV', async () => {
    const { error, tookMs } = await refusalOf(
      readCsv(endless('id,title\n1,"', 'x', 50), { name: 'x', onUnknown: () => {} }),
    )
    expect(error).toMatchObject({ code: 'bad-data', message: expect.stringContaining('line 2') })
    expect(tookMs).toBeLessThan(promisedMs(3_000))
  })
})
