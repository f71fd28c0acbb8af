import { expect, test } from 'vitest'
import type { FoundTicket, Jira, SearchPage } from '../jira/jira.ts'
import { walkPages, type PageWalk } from './fetch-walk.ts'

const never = new AbortController().signal
const MINUTE = 60_000
const NOW_MS = 1_000 * MINUTE

function ticket(n: number, updatedMs: number): FoundTicket {
  return {
    id: String(n),
    key: `TPM-${n}`,
    projectKey: 'TPM',
    title: 'A ticket',
    priorityId: '1',
    priorityName: 'Highest',
    status: 'To Do',
    createdMs: 0,
    updatedMs,
    labels: [],
    property: undefined,
  }
}

type Index = Map<string, { readonly indexedMs: number; readonly shown: FoundTicket }>

/** A Jira that counts its pages off by number over a live list, the worst that pages may be. `before` spoils it. */
function liveJira(index: Index, before: (n: number) => void = () => {}) {
  const asked: { readonly fromMs: number; readonly pageToken: string | null }[] = []
  const search: Jira['search'] = async ({ jql, pageToken, pageSize }) => {
    before(asked.length)
    const fromMs = Number(jql)
    asked.push({ fromMs, pageToken })
    const found = [...index.values()]
      .filter(({ indexedMs }) => indexedMs >= fromMs)
      .toSorted((a, b) => a.indexedMs - b.indexedMs || Number(a.shown.id) - Number(b.shown.id))
    const start = Number(pageToken ?? 0)
    const end = start + pageSize
    return {
      tickets: found.slice(start, end).map(({ shown }) => shown),
      nextPageToken: end < found.length ? String(end) : null,
      siteMs: NOW_MS,
      accountId: 'a',
    }
  }
  return { search, asked }
}

function put(index: Index, n: number, ms: number, shownMs = ms): void {
  index.set(String(n), { indexedMs: ms, shown: ticket(n, shownMs) })
}

const walk: PageWalk = {
  fromMs: 0,
  jqlFrom: String,
  timeOf: ({ updatedMs }) => updatedMs,
  settledAfterMs: 15 * MINUTE,
  reconcileIds: [],
}

async function idsOf(jira: Pick<Jira, 'search'>, of: PageWalk = walk): Promise<string[]> {
  const ids: string[] = []
  for await (const page of walkPages(jira, of, never)) ids.push(...page.tickets.map(({ id }) => id))
  return ids
}

function evenIndex(tickets: number, everyMs: number, fromMs = 0): Index {
  const index: Index = new Map()
  for (let n = 0; n < tickets; n++) put(index, n, fromMs + n * everyMs)
  return index
}

test('each ticket comes once, from minute to minute', async () => {
  const jira = liveJira(evenIndex(350, MINUTE))
  const ids = await idsOf(jira)
  expect(ids).toEqual(Array.from({ length: 350 }, (_, n) => String(n)))
  expect(jira.asked.map(({ fromMs }) => fromMs / MINUTE)).toEqual([0, 99, 198, 297])
})

test('tickets that leave their places make it pass over none', async () => {
  const index = evenIndex(500, 30_000)
  // Ahead of each page a ticket that was read is touched, and goes to the end of the list.
  const jira = liveJira(index, (n) => put(index, n, NOW_MS))
  const ids = await idsOf(jira)
  expect(new Set(ids).size).toBe(500)
})

test('a minute with more tickets than a page is read by its pages', async () => {
  const jira = liveJira(evenIndex(450, 100, 10 * MINUTE))
  expect(await idsOf(jira)).toHaveLength(450)
  expect(jira.asked.map(({ pageToken }) => pageToken)).toEqual([null, null, '100', '200', '300', '400'])
})

test('a time that the index has not come to is no place to go on from', async () => {
  const index = evenIndex(300, MINUTE)
  // Edited just now: the index still has it at its old place, and shows what it is now.
  put(index, 99, 99 * MINUTE, NOW_MS)
  expect(new Set(await idsOf(liveJira(index))).size).toBe(300)
})

test('a lagging index that shows a whole page of edits is read by its pages', async () => {
  const index = evenIndex(300, MINUTE)
  for (let n = 0; n < 100; n++) put(index, n, n * MINUTE, NOW_MS - MINUTE)
  expect(new Set(await idsOf(liveJira(index))).size).toBe(300)
})

function pageBefore(token: string | null): SearchPage {
  return { tickets: [ticket(1, NOW_MS)], nextPageToken: token, siteMs: NOW_MS, accountId: 'a' }
}

test('a page that comes twice is read twice; one that comes for ever is an error', async () => {
  let answers = 0
  const twice: Jira['search'] = async () => pageBefore(answers++ < 2 ? 'a' : null)
  expect(await idsOf({ search: twice })).toEqual(['1'])
  await expect(idsOf({ search: async () => pageBefore('a') })).rejects.toMatchObject({ code: 'jira-broken' })
})

test('an empty page with a token is not the end', async () => {
  let answers = 0
  const search: Jira['search'] = async () => {
    const first = answers++ === 0
    return {
      tickets: first ? [] : [ticket(1, 0)],
      nextPageToken: first ? 'a' : null,
      siteMs: NOW_MS,
      accountId: 'a',
    }
  }
  expect(await idsOf({ search })).toEqual(['1'])
})
