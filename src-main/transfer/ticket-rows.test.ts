import { expect, test } from 'vitest'
import type { BadRow, SourceRow } from './source-row.ts'
import { inPieces, readAll } from '../../test-support/transfer/rows.ts'
import { readCsv } from './ticket-rows.ts'

async function read(
  text: string,
  size?: number,
): Promise<{ rows: (SourceRow | BadRow)[]; unknown: string[] }> {
  const unknown: string[] = []
  const parts = { name: 'x.csv', onUnknown: (column: string) => void unknown.push(column) }
  return { rows: await readAll(readCsv(inPieces(text, size), parts)), unknown }
}

test('rows by the names in the first line, with the lines that they begin in', async () => {
  const text = 'id,title,created\n1,"a, ""b""\nc",x\n\n2,,y\n'
  for (const size of [1, 3, 1_000]) {
    const { rows } = await read(text, size)
    expect(rows).toEqual([
      { at: 2, fields: { id: '1', title: 'a, "b"\nc', created: 'x' } },
      { at: 5, fields: { id: '2', title: '', created: 'y' } },
    ])
  }
})

test.each([
  ['semicolons', 'id;title\n1;a,b\n'],
  ['tabs', 'id\ttitle\n1\ta,b\n'],
  ['lines that end as in Windows', 'id,title\r\n1,"a,b"\r\n'],
  ['lines that end as on an old Mac', 'id,title\r1,"a,b"\r'],
  ['no end of the last line', 'id,title\n1,"a,b"'],
  ['quoted names', '"id" , "title"\n1,"a,b"'.replaceAll(' , ', ',')],
])('%s', async (_what, text) => {
  expect((await read(text)).rows).toMatchObject([{ fields: { id: '1', title: 'a,b' } }])
})

test('an apostrophe before a formula is taken off, but not in columns of the first program', async () => {
  const { rows } = await read("id,title,ticket_title\n1,'=1,'=1\n")
  expect(rows).toMatchObject([{ fields: { title: '=1', ticket_title: "'=1" } }])
})

test('columns that mean nothing are reported', async () => {
  const { rows, unknown } = await read('id,mood,__proto__,title\n1,good,x,t\n')
  expect(unknown).toEqual(['mood', '__proto__'])
  expect(rows).toEqual([{ at: 2, fields: { id: '1', title: 't' } }])
})

test('a row of another length is bad, and the others are read', async () => {
  const { rows } = await read('id,title\n1\n2,b\n3,c,d\n')
  expect(rows).toMatchObject([
    { at: 2, reason: 'this has 1 columns, and the first line 2' },
    { at: 3 },
    { at: 4, reason: 'this has 3 columns, and the first line 2' },
  ])
})

test.each([
  ['id,title\n1,"a"b\n2,c\n', 'line 2: text follows a closing quote'],
  ['id,title\n1,a"b\n2,c\n', 'line 2: a quote begins in the middle of a text'],
  ['id,title\n1,"a\n2,c\n', 'a quote is never closed'],
  [`id,title\n1,"${'x'.repeat(1_100_000)}"\n2,c\n`, 'the row is too long'],
])('a quote out of place ends it: what follows could be anything (%#)', async (text, reason) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'bad-data',
    message: expect.stringContaining(reason),
  })
})

test('a first line without an id is none', async () => {
  await expect(read('title,created\na,b\n')).rejects.toMatchObject({ code: 'usage' })
})

async function* broken(): AsyncGenerator<string> {
  yield 'id,title\n1,a\n'
  throw new Error('the disk is gone')
}

test('what the pieces throw is thrown', async () => {
  const parts = { name: 'x.csv', onUnknown: () => {} }
  await expect(readAll(readCsv(broken(), parts))).rejects.toThrow('the disk is gone')
})
