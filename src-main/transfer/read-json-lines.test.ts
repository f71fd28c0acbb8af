import { expect, test } from 'vitest'
import { readJsonLines } from './ticket-rows.ts'
import { inPieces, readAll } from '../../test-support/transfer/rows.ts'

test('one object a line, in whatever pieces; what is none is reported by its line', async () => {
  const text = [
    '{"id":"1","title":"a\\nb\\u0000","status":null}',
    '',
    '{"id":2,"mood":["good"],"__proto__":{"id":"9"}}\r',
    '{"id":',
    '[1]',
    '"x"',
    'null',
    '{"id":{}}',
    '{"id":12345678901234567890}',
    '{"id":true}',
    '{"id":"3"}',
  ].join('\n')
  for (const size of [1, 7, 1_000]) {
    const unknown = new Set<string>()
    const onUnknown = (column: string): void => void unknown.add(column)
    expect(await readAll(readJsonLines(inPieces(text, size), { name: 'x', onUnknown }))).toEqual([
      { at: 1, fields: { id: '1', title: 'a\nb\0', status: null } },
      { at: 3, fields: { id: '2' } },
      { at: 4, reason: 'this is not JSON' },
      { at: 5, reason: 'this is not a JSON object' },
      { at: 6, reason: 'this is not a JSON object' },
      { at: 7, reason: 'this is not a JSON object' },
      { at: 8, reason: 'id is not text' },
      { at: 9, reason: 'id is not text' },
      { at: 10, reason: 'id is not text' },
      { at: 11, fields: { id: '3' } },
    ])
    expect([...unknown]).toEqual(['mood', '__proto__'])
  }
})

async function* endless(): AsyncGenerator<string> {
  for (;;) yield 'x'.repeat(1_000_000)
}

test('a line without an end is not read into memory', async () => {
  const rows = readAll(readJsonLines(endless(), { name: 'x', onUnknown: () => {} }))
  await expect(rows).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('line 1') })
})
