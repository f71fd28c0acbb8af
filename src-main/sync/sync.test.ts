import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import {
  PATIENCE,
  editTicket,
  makeTicket,
  openTestSync,
  startJira,
  watchedSearch,
  watchedTruth,
} from '../../test-support/sync/sync.ts'
import { essences } from '../../test-support/sync/truth.ts'

test('the first fetch stores every watched ticket, page by page; the next finds no news', async () => {
  const { sandbox, jira } = await startJira({ historyTickets: 700, historyHours: 24 })
  const { sync, stored, watermark } = await openTestSync(jira)
  const truth = await watchedTruth(sandbox)
  const first = await sync.now()
  expect(first).toMatchObject({ inserted: truth.length, updated: 0 })
  // A page more for each of two pieces at most, and what changed meanwhile.
  expect(first.pages).toBeLessThanOrEqual(Math.ceil(truth.length / 100) + 3)
  expect(essences(await stored())).toEqual(truth)
  expect(await watermark()).toBe(first.cursorMs)

  const second = await sync.now()
  expect(second).toMatchObject({ inserted: 0, updated: 0 })
  expect(second.fetched).toBeLessThan(truth.length)
})

test('only the chosen project’s tickets are fetched; without one, those of all', async () => {
  const projects = ['TPM', 'OPS'].map((key) => ({ key, name: key }))
  const { sandbox, jira } = await startJira({ projects })
  await makeTicket(sandbox, '1', 'TPM')
  await makeTicket(sandbox, '2', 'OPS')
  const one = await openTestSync(jira, { projectKey: 'OPS' })
  const all = await openTestSync(jira)
  await one.sync.now()
  await all.sync.now()
  expect((await one.stored()).map(({ projectKey }) => projectKey)).toEqual(['OPS'])
  expect(await all.stored()).toHaveLength(2)
})

test('edits, raised and lowered tickets are followed', async () => {
  const { sandbox, jira } = await startJira()
  const [renamed, lowered, raised, back] = await Promise.all(
    ['1', '2', '4', '2'].map((priorityId) => makeTicket(sandbox, priorityId)),
  )
  const { sync, stored } = await openTestSync(jira)
  await sync.now()
  expect((await stored()).map(({ id }) => id)).not.toContain(raised)

  await editTicket(sandbox, String(renamed), { summary: 'Another title' })
  await editTicket(sandbox, String(lowered), { priority: { id: '5' } })
  await editTicket(sandbox, String(raised), { priority: { id: '1' } })
  await editTicket(sandbox, String(back), { priority: { id: '3' } })
  await sync.now()
  expect(essences(await stored())).toEqual(await watchedTruth(sandbox))

  await editTicket(sandbox, String(back), { priority: { id: '1' } })
  expect(await sync.now()).toMatchObject({ inserted: 0, updated: 1 })
  expect(essences(await stored())).toEqual(await watchedTruth(sandbox))
  expect((await stored()).map(({ id }) => id)).toContain(back)
})

test('the status tells of each fetch, and what is stored', async () => {
  const { jira } = await startJira({ historyTickets: 50 })
  const { sync, statuses, stored } = await openTestSync(jira)
  expect(sync.status()).toMatchObject({ state: 'idle', lastSuccessMs: null, storedTickets: 0 })
  const { inserted } = await sync.now()
  expect(statuses.map(({ state }) => state)).toEqual(['fetching', 'idle'])
  expect(sync.status()).toMatchObject({
    lastInserted: inserted,
    storedTickets: (await stored()).length,
    nextMs: null,
    failure: null,
  })
})

test('what an earlier session stored is reported before Jira answers, and if it never does', async () => {
  const { jira } = await startJira({ historyTickets: 50 })
  const earlier = await openTestSync(jira)
  await earlier.sync.now()
  const away = watchedSearch(jira, () => Promise.reject(new AppError('jira-unreachable', 'It is away.')))
  const { sync } = await openTestSync(away, { store: earlier.store })
  await expect(sync.now()).rejects.toThrow('It is away.')
  const storedTickets = (await earlier.stored()).length
  expect(sync.status()).toMatchObject({ state: 'failing', lastSuccessMs: null, storedTickets })
})

test('started, it fetches by itself until it is stopped', async () => {
  const { sandbox, jira } = await startJira()
  const { sync, stored, statuses } = await openTestSync(jira, { intervalMs: 5 })
  sync.start()
  await expect
    .poll(() => statuses.some(({ state, nextMs }) => state === 'idle' && nextMs !== null), PATIENCE)
    .toBe(true)
  const id = await makeTicket(sandbox, '1')
  await expect.poll(async () => (await stored()).map((ticket) => ticket.id), PATIENCE).toEqual([id])
  await sync.stop()
  const seen = statuses.length
  await expect(sync.now()).rejects.toMatchObject({ code: 'cancelled' })
  expect(statuses).toHaveLength(seen)
})

test('two processes on one store take turns', async () => {
  const { sandbox, jira } = await startJira({ historyTickets: 600 })
  const searches: string[] = []
  const jiraOfOne = watchedSearch(jira, () => void searches.push('one'))
  const jiraOfTwo = watchedSearch(jira, () => void searches.push('two'))
  const one = await openTestSync(jiraOfOne, { owner: 'one' })
  const two = await openTestSync(jiraOfTwo, { owner: 'two', store: one.store })
  await Promise.all([one.sync.now(), two.sync.now()])
  expect(searches.toSorted()).toEqual(searches[0] === 'one' ? searches : searches.toReversed())
  expect(essences(await one.stored())).toEqual(await watchedTruth(sandbox))
})

test('a wait that is given up leaves the fetch to others', async () => {
  const { jira } = await startJira({ historyTickets: 50 })
  const { sync } = await openTestSync(jira)
  const impatient = new AbortController()
  const waits = [sync.now(impatient.signal), sync.now()] as const
  impatient.abort()
  await expect(waits[0]).rejects.toMatchObject({ code: 'cancelled' })
  expect((await waits[1]).inserted).toBeGreaterThan(0)
})
