import { expect, test, vi } from 'vitest'
import { makeTestData } from '../../../test-support/store/store.ts'
import { keepReceipts } from './keep-receipts.ts'
import type { ReceiptBook } from './receipts.ts'
import { machineClock } from '../../runtime/clock.ts'

/** In memory; what it holds is what a workspace would keep in its folder. */
function testBook(workspace: string, held = new Map<string, number>()) {
  return {
    workspace,
    held,
    last: (storeId: string) => held.get(storeId) ?? 0,
    keep: async (storeId: string, number: number) => void held.set(storeId, number),
  } satisfies ReceiptBook & { readonly held: Map<string, number> }
}

async function write(
  store: Awaited<ReturnType<Awaited<ReturnType<typeof makeTestData>>['open']>>,
  book: ReceiptBook,
) {
  const { storeId, number } = await store.presentReceipt(book)
  await book.keep(storeId, number)
  return { storeId, number }
}

test('numbers rise, each workspace has its own, and a store that has them all was never restored', async () => {
  const store = await (await makeTestData()).open()
  const [one, other] = [testBook('one'), testBook('other')]
  expect(await store.receipt('one')).toBeNull()
  const first = await write(store, one)
  expect(await write(store, one)).toEqual({ ...first, number: first.number + 1 })
  expect(await write(store, other)).toMatchObject({ storeId: first.storeId, number: 1 })
  expect(await store.receipt('one')).toMatchObject({ number: 2, restoredAgoMs: null })
})

test('one that lacks a number was restored, whoever went on with it meanwhile: once, and it is another store then', async () => {
  const data = await makeTestData()
  const store = await data.open()
  const [one, stranger] = [testBook('one'), testBook('stranger')]
  const { storeId } = await write(store, one)
  await write(store, one)
  await data.query(`UPDATE receipts SET number = 1 WHERE workspace = 'one'`)
  for (let n = 0; n < 5; n++) await write(store, stranger)
  const seq = await store.seq('site')

  const found = await store.presentReceipt(one)
  expect(found.restoredAgoMs).not.toBeNull()
  expect(found.backupMs).not.toBeNull()
  expect(found.storeId).not.toBe(storeId)
  await one.keep(found.storeId, found.number)
  expect(
    (await store.changesSince('site', seq + 1_000, { projectKey: null, priorityIds: [] }, 10)).changes,
  ).toBeNull()

  // Who notices later, too, changes nothing more.
  const late = testBook('one', new Map([[storeId, 9]]))
  expect(await store.presentReceipt(late)).toMatchObject({ storeId: found.storeId })
  // Restored from the same backup once more, it is noticed again.
  await data.query(`UPDATE store_life SET id = '${storeId}'`)
  await data.query(`UPDATE receipts SET number = 1 WHERE workspace = 'one'`)
  expect((await store.presentReceipt(one)).storeId).not.toBe(storeId)
})

test('who has it open all the while says so, and all who look at it', async () => {
  const data = await makeTestData()
  const log = { info: vi.fn(), warn: vi.fn() }
  const parts = { clock: machineClock, log, everyMs: 20 }
  const book = testBook('one')
  const store = await keepReceipts(await data.open(), book, parts)
  const told = vi.fn()
  store.onHealth(told)
  await vi.waitFor(() => expect([...book.held.values()][0]).toBeGreaterThan(2), { timeout: 10_000 })
  expect(store.health()).toEqual({ state: 'up' })
  // Again: in the middle of a write the number would only be written anew.
  const goBack = async (): Promise<void> => {
    await data.query(`UPDATE receipts SET number = 0`)
    expect(store.health()).toHaveProperty('restored')
  }
  await vi.waitFor(goBack, { timeout: 10_000 })
  expect(told).toHaveBeenCalledTimes(1)
  expect(log.warn).toHaveBeenCalledTimes(1)
  expect(log.warn.mock.calls[0]?.[1]).toMatch(/was restored from a backup of about .* docs\/backup\.md/)

  const reader = await keepReceipts(await data.open(), testBook('reader'), { ...parts, readsOnly: true })
  expect(reader.health()).toHaveProperty('restored')
  expect(await store.receipt('reader')).toMatchObject({ number: 0 })
})

test('a day later nobody is told any more', async () => {
  const data = await makeTestData()
  const store = await data.open()
  await store.presentReceipt(testBook('one'), true)
  await data.query('UPDATE store_life SET restored_ms = restored_ms - 86400001')
  const reader = await keepReceipts(store, testBook('two'), {
    clock: machineClock,
    log: null,
    readsOnly: true,
  })
  expect(reader.health()).toEqual({ state: 'up' })
})
