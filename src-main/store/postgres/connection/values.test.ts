import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDatabase } from '../../../../test-support/store/database.ts'
import { arrayOf } from './values.ts'
import { testConnection } from '../../../../test-support/store/postgres/connection.ts'

/** Whatever PostgreSQL can keep, control characters and its own quotes among it. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((any) => any.replaceAll('\0', '')),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', '\n', '\t', '\u{1}', 'NULL', 'n', 'é', '🎫') }),
)

test('lists come to PostgreSQL as they are', async () => {
  const { config } = await testDatabase({ empty: true })
  const db = await testConnection(config)
  const holds = fc.asyncProperty(
    fc.array(fc.option(text), { maxLength: 20 }),
    fc.array(fc.option(fc.maxSafeInteger()), { maxLength: 20 }),
    async (texts, numbers) => {
      const [found] = await db.query('SELECT $1::text[] AS texts, $2::bigint[] AS numbers', [
        arrayOf(texts),
        arrayOf(numbers),
      ])
      expect(found).toEqual({ texts, numbers: numbers.map((n) => (n === 0 ? 0 : n)) })
    },
  )
  await expect(fc.assert(holds, { numRuns: 300 })).resolves.toBeUndefined()
})
