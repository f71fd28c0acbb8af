import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store, TicketPage } from './store.ts'
import type { ExportedTicket } from './pages/stored-ticket.ts'
import { countDifferences } from '../../test-support/store/count-differences.ts'
import { storeForEach, type OpenStore } from '../../test-support/store/store.ts'
import { anyPages, type PageStep } from '../../test-support/store/histories.ts'
import { applyToModel, type Model } from '../../test-support/store/page-model.ts'
import { hour, MINUTE, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'

const RUNS = process.env['JIRA_TPM_LONG'] ? 500 : 25

/** A page that was given to a store, and the number that came back. */
interface Given {
  readonly page: TicketPage
  readonly seq: number
}

// Several processes that write at the same time.

const opened = storeForEach()

test.each([
  ['on one site', 1],
  ['on several', 3],
])('%s: every commit is whole, and they are numbered in their order', async (_where, sites) => {
  const { store, again, rows } = opened()
  const other = await again()
  const reader = await again()
  let runs = 0
  const holds = fc.asyncProperty(anyPages(sites), anyPages(sites), async (mine, theirs) => {
    runs += 1
    const siteIds = Array.from({ length: sites }, (_, n) => `run-${runs}-site-${n}`)
    const writing = Promise.all([write(store, siteIds, mine), write(other, siteIds, theirs)])
    await watch(reader, { rows, siteIds, until: writing })
    const given = (await writing).flat()
    for (const siteId of siteIds) {
      await expectInOrder(
        reader,
        siteId,
        given.filter((one) => one.page.siteId === siteId),
      )
    }
  })
  await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
  expect(await countDifferences(rows)).toEqual([])
})

test('of the same tickets, in opposite order: each is stored once', async () => {
  const { store, again, rows } = opened()
  const other = await again()
  const tickets = Array.from({ length: 1_300 }, (_, n) => ticket(String(n)))
  const commits = await Promise.all([
    store.applyPage(page(tickets)),
    other.applyPage(page(tickets.toReversed())),
  ])
  expect(commits.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(1_300)
  expect(commits.map(({ updated }) => updated)).toEqual([0, 0])
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(1_300)
  expect(await countDifferences(rows)).toEqual([])
})

test('number their commits in one row without gaps', async () => {
  const { store, again } = opened()
  const other = await again()
  const numbered = await Promise.all(
    [store, other].flatMap((one, w) =>
      Array.from({ length: 20 }, async (_, i) => (await one.applyPage(page([ticket(`${w}-${i}`)]))).seq),
    ),
  )
  expect(numbered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(40)
})

async function write(store: Store, siteIds: readonly string[], steps: readonly PageStep[]): Promise<Given[]> {
  const given: Given[] = []
  for (const { site, tickets, given: more } of steps) {
    const applied = page(tickets, { ...more, siteId: siteIds[site] ?? '' })
    given.push({ page: applied, seq: (await store.applyPage(applied)).seq })
  }
  return given
}

interface Watching {
  readonly rows: OpenStore['rows']
  readonly siteIds: readonly string[]
  readonly until: Promise<unknown>
}

/** Looks on as a viewer does, who comes from each commit that it sees to the next one by the changes. */
async function watch(store: Store, { rows, siteIds, until }: Watching): Promise<void> {
  const views = new Map(siteIds.map((siteId) => [siteId, { seq: 0, counts: new Map<string, number>() }]))
  const look = async (): Promise<void> => {
    for (const [siteId, view] of views) {
      expect(await countDifferences(rows, siteId)).toEqual([])
      const found = await store.counts(hour({ siteId, toMinute: MINUTE + 1_500 }))
      const { seq, changes } = await store.changesSince(siteId, view.seq, WATCHED, 1_000)
      for (const { minute, priorityId, count } of changes ?? []) {
        if (count === 0) view.counts.delete(`${minute} ${priorityId}`)
        else view.counts.set(`${minute} ${priorityId}`, count)
      }
      view.seq = seq
      if (seq !== found.seq) continue
      const told = found.rows.map(({ startMinute, priorityId, count }) => [
        `${startMinute} ${priorityId}`,
        count,
      ])
      expect(Object.fromEntries(view.counts)).toEqual(Object.fromEntries(told))
    }
  }
  const written = new AbortController()
  const ended = until.finally(() => written.abort())
  while (!written.signal.aborted) await look()
  await ended
  await look()
}

/** Fails unless the site's tickets are what its pages make of them in the order of their numbers. */
async function expectInOrder(store: Store, siteId: string, given: readonly Given[]): Promise<void> {
  const last = await store.seq(siteId)
  // More than one page can explain a number: each explanation is followed.
  let explanations: Model[] = [new Map()]
  for (let seq = 1; seq <= last; seq++) {
    const candidates = given.filter((one) => one.seq === seq)
    const next = explanations.flatMap((model) => nextOf(model, candidates))
    explanations = [...new Map(next.map((model) => [JSON.stringify(toldBy(model)), model])).values()]
  }
  const all = { siteId, projectKey: null, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, after: null, limit: 99 }
  expect(explanations.map(toldBy)).toContainEqual((await store.ticketsAfter(all)).map(unreported))
}

/** One of the pages raised the number. The others came between it and the next one, and were no news by then. */
function nextOf(model: Model, candidates: readonly Given[]): Model[] {
  return candidates.flatMap((one) => {
    const then = new Map(model)
    const others = candidates.filter((other) => other !== one)
    return isNews(then, one) && others.every((other) => !isNews(new Map(then), other)) ? [then] : []
  })
}

/** Applies it to the model; whether that is news. */
function isNews(model: Model, { page: applied }: Given): boolean {
  return applyToModel(model, applied).news
}

/** Who reported it has a digest in the store and a name in the model. */
function unreported({ reporter, ...told }: ExportedTicket): object {
  return { ...told, nobody: reporter === '', unknown: reporter === undefined }
}

/** The model's tickets as `Store.ticketsAfter` lists them, but for who reported them. */
function toldBy(model: Model): object[] {
  return [...model.values()]
    .toSorted((a, b) => a.ticket.createdMs - b.ticket.createdMs || Number(a.ticket.id) - Number(b.ticket.id))
    .map(({ ticket: { reporterId, ...form }, left, source }) => ({
      ...form,
      source,
      nobody: reporterId === null,
      unknown: reporterId === undefined,
      left: left && { atMs: left.atMs, reason: left.reason, projectKey: left.fromProject },
    }))
}
