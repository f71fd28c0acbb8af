import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { LEFT_MS, MINUTE, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import type { Store, TicketPlace } from './store.ts'

// Tickets that are looked for by a text.

const opened = storeForEach()
const span = { siteId: SITE, ...WATCHED, fromMs: 0, toMs: startOfMinute(MINUTE + 60) }

/** All of them, page by page. `between` runs after each page. */
async function searched(
  store: Store,
  search: string,
  limit: number,
  between = async (): Promise<void> => {},
): Promise<Ticket[]> {
  const found: Ticket[] = []
  for (let after: TicketPlace | undefined; ;) {
    const { tickets, reached } = await store.searchTickets({ ...span, search, limit, after })
    found.push(...tickets)
    const last = tickets.at(-1)
    if (reached === null && (last === undefined || tickets.length < limit)) return found
    after = reached ?? { atMs: last?.createdMs ?? 0, id: last?.id ?? '' }
    await between()
  }
}

async function titlesOf(store: Store, search: string): Promise<string[]> {
  return (await searched(store, search, 100)).map(({ title }) => title).toSorted()
}

test('a title or a key is found by any part of it, in whatever case', async () => {
  const { store } = opened()
  const titles = [
    'Checkout: payments FAIL',
    'Ärger über Öl',
    'ОШИБКА входа',
    'Straße',
    '100 % of_disk \\ full',
  ]
  await store.applyPage(page(titles.map((title, n) => ticket(String(n), { title, key: `OPS-${7_000 + n}` }))))
  expect(await titlesOf(store, 'PAYMENTS fail')).toEqual([titles[0]])
  expect(await titlesOf(store, 'äRGER Über öl')).toEqual([titles[1]])
  expect(await titlesOf(store, 'ошибка')).toEqual([titles[2]])
  expect(await titlesOf(store, 'straße')).toEqual([titles[3]])
  expect(await titlesOf(store, 'ops-7001')).toEqual([titles[1]])
  expect(await titlesOf(store, 'nothing like it')).toEqual([])
})

test.each([['%'], ['_'], ['\\'], ["'"], ['"']])('%s stands for itself', async (sign) => {
  const { store } = opened()
  await store.applyPage(
    page([ticket('1', { title: `with ${sign} in it` }), ticket('2', { title: 'without' })]),
  )
  expect(await titlesOf(store, sign)).toEqual([`with ${sign} in it`])
})

test('those that left, are not watched or lie outside the span are not found', async () => {
  const { store } = opened()
  const there = [
    ticket('1'),
    ticket('2', { createdMs: span.toMs }),
    ticket('3', { priorityId: '9' }),
    ticket('4'),
  ]
  await store.applyPage(page(there))
  await store.applyPage(page([], { removals: [{ id: '4', reason: 'deleted', atMs: LEFT_MS }] }))
  expect((await searched(store, 'ticket', 10)).map(({ id }) => id)).toEqual(['1'])
})

test('more than one step looks through: none is passed over where steps meet, at one moment or at several', async () => {
  const { store } = opened()
  const there = Array.from({ length: 9_000 }, (_, n) =>
    ticket(String(n), {
      title: n % 500 === 0 ? `needle ${n}` : 'hay',
      createdMs: startOfMinute(MINUTE) + (n >> 6),
    }),
  )
  for (let n = 0; n < there.length; n += 1_000) await store.applyPage(page(there.slice(n, n + 1_000)))
  expect(await searched(store, 'needle', 5)).toHaveLength(18)
})

const letters = fc.constantFrom('a', 'B', 'ä', 'Ä', 'ж', 'Ж', '%', '_', '\\', ' ')
const texts = fc.array(letters, { maxLength: 6 }).map((some) => some.join(''))
const wanted = fc.array(letters, { minLength: 1, maxLength: 2 }).map((some) => some.join(''))
const created = fc.array(fc.tuple(texts, fc.nat(20)), { minLength: 1, maxLength: 40 })

test('page by page, each that has the text and was there comes once, newest first, whatever comes meanwhile', async () => {
  const { store } = opened()
  let run = 0
  await fc.assert(
    fc.asyncProperty(created, wanted, fc.integer({ min: 1, max: 7 }), async (some, search, limit) => {
      run += 1
      // Each with tickets of its own, by a mark at the front of their titles.
      const mark = `<${run}>`
      const there = some.map(([title, second], n) =>
        ticket(`${run}-${n}`, {
          title: mark + title + mark,
          createdMs: startOfMinute(MINUTE) + second * 1_000,
        }),
      )
      await store.applyPage(page(there))
      let others = 0
      const found = await searched(store, search, limit, async () => {
        others += 1
        const late = ticket(`${run}-late-${others}`, {
          title: mark + search,
          createdMs: startOfMinute(MINUTE) + (others % 21) * 1_000,
        })
        await store.applyPage(page([late]))
      })
      const own = found.filter(({ title }) => title.startsWith(mark))
      const ids = own.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      const expected = there.filter(({ title }) => title.toLowerCase().includes(search.toLowerCase()))
      expect(ids.filter((id) => !id.includes('late')).toSorted()).toEqual(
        expected.map(({ id }) => id).toSorted(),
      )
      const places = found.map(({ createdMs, id }) => [createdMs, id] as const)
      expect(places).toEqual(places.toSorted(([a, x], [b, y]) => b - a || (x < y ? 1 : -1)))
    }),
    { numRuns: 30 },
  )
})
