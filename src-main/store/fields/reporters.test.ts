import { expect, test } from 'vitest'
import { page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { storeForEach } from '../../../test-support/store/store.ts'
import type { GivenTicket } from './stored-fields.ts'

const opened = storeForEach()

async function digestOf(given: Partial<GivenTicket>, siteId = SITE): Promise<unknown> {
  await opened().store.applyPage(page([ticket('1', { updatedMs: (updatedMs += 1), ...given })], { siteId }))
  const [row] = await opened().rows(`SELECT reporter FROM tickets WHERE site_id = '${siteId}' AND id = '1'`)
  return row?.['reporter']
}
let updatedMs = 10 ** 13

test('a reporter is stored as a digest that is the same each time and another at another site', async () => {
  const ada = await digestOf({ reporterId: 'ada' })
  expect(ada).toMatch(/^[0-9a-f]{16}$/)
  expect(await digestOf({ reporterId: 'bob' })).not.toBe(ada)
  expect(await digestOf({ reporterId: 'ada' })).toBe(ada)
  expect(await digestOf({ reporterId: 'ada' }, 'site-b')).not.toBe(ada)
})

test('whoever shares the store gets the same digests', async () => {
  const ada = await digestOf({ reporterId: 'ada' })
  const other = await opened().again()
  await other.applyPage(page([ticket('2', { reporterId: 'ada' })]))
  const [row] = await opened().rows(`SELECT reporter FROM tickets WHERE id = '2'`)
  expect(row?.['reporter']).toBe(ada)
})

test('the key outlives the tickets: when the tables are made anew, the digests are the same', async () => {
  const ada = await digestOf({ reporterId: 'ada' })
  await opened().store.dropTables()
  await opened().store.createTables()
  expect(await digestOf({ reporterId: 'ada' })).toBe(ada)
})

test('nobody is another than somebody who is not known, and neither has a digest', async () => {
  expect(await digestOf({})).toBeNull()
  expect(await digestOf({ reporterId: null })).toBe('')
})

test('an id that is asked for as a ticket’s field is nowhere in the store', async () => {
  await digestOf({ reporterId: 'ada.lovelace@example.com' })
  const tables = ['tickets', 'minute_counts', 'field_counts', 'site_keys']
  for (const table of tables) {
    expect(JSON.stringify(await opened().rows(`SELECT * FROM ${table}`))).not.toContain('lovelace')
  }
  const listed = await opened().store.countedTickets(SITE, ['1'])
  expect(listed[0]).not.toHaveProperty('reporter')
  expect(listed[0]).not.toHaveProperty('reporterId')
})
