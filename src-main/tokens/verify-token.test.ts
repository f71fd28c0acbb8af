import { expect, test, vi } from 'vitest'
import { FORGERIES, forge, recordOf, rightParts } from '../../test-support/tokens/forgery.ts'
import type { Book } from './access-book.ts'
import { digestOf } from './digest.ts'
import { verifyToken } from './verify-token.ts'

const NOW_MS = 1_800_000_000_000

/** A book that knows the token just as it claims to be, so that no record's difference hides what is tested. */
function believing(token: string, book: Book): Book {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => parsed(part))
  if (!header || !claims) return book
  const record = recordOf(header, claims, token)
  return { ...book, records: new Map([...book.records, [record.id, record]]) }
}

function parsed(part: string): Record<string, unknown> | null {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown> | null
  } catch {
    return null
  }
}

test('a right token is taken, until the moment at which it expires', async () => {
  const right = rightParts(NOW_MS)
  const token = forge(right)
  expect(await verifyToken(token, right.book, NOW_MS)).toEqual(right.record)
  expect(await verifyToken(token, right.book, right.record.expiresMs - 1)).toEqual(right.record)
  expect(await verifyToken(token, right.book, right.record.expiresMs)).toBeNull()
})

test.each(FORGERIES)('refused: %s', async (_wrong, forgery) => {
  const right = rightParts(NOW_MS)
  const token = forgery(right)
  expect(token).not.toBe(forge(right))
  expect(await verifyToken(token, believing(token, right.book), NOW_MS)).toBeNull()
})

test.each([
  ['was never made here', { id: 'other' }],
  ['is revoked', { revokedMs: NOW_MS }],
  ['is another than was given out', { sha256: digestOf('another') }],
])('a token that %s has nobody check a signature', async (_what, change) => {
  const { book, record, ...right } = rightParts(NOW_MS)
  const asked = vi.spyOn(book.keys, 'get')
  const changed = { ...record, ...change }
  const other = { ...book, records: new Map([[changed.id, changed]]) }
  expect(await verifyToken(forge(right), other, NOW_MS)).toBeNull()
  expect(asked).not.toHaveBeenCalled()
  expect(await verifyToken(forge(right), book, NOW_MS)).toEqual(record)
  expect(asked).toHaveBeenCalledOnce()
})

test.each([
  ['is not there', { id: 'other' }],
  ['has another scope', { scope: 'admin' }],
  ['has another name', { name: 'other' }],
  ['has another end', { expiresMs: NOW_MS + 60_000 }],
  ['is of another key', { kid: 'kid-2' }],
  ['is a link', { kid: null }],
] as const)('refused: rightly signed, but its record %s', async (_wrong, change) => {
  const { book, record, ...right } = rightParts(NOW_MS)
  const changed = { ...record, ...change }
  const other = { ...book, records: new Map([[changed.id, changed]]) }
  expect(await verifyToken(forge(right), other, NOW_MS)).toBeNull()
})
