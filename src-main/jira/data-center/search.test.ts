import { expect, test } from 'vitest'
import type { TestServer } from '#jira-sandbox/testing'
import { searchPages } from '../jira.ts'
import { answerJson, startRawServer, wireIssue } from '../../../test-support/jira/jira.ts'
import {
  dataCenterAt,
  foundIssues,
  QUERY,
  startDataCenter,
  startPaths,
} from '../../../test-support/jira/data-center/data-center.ts'

const never = new AbortController().signal

/** Tickets a while apart. */
async function add(server: TestServer, count: number, stepMs = 30_000): Promise<void> {
  for (let n = 0; n < count; n++) {
    await server.add({ project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: `Ticket ${n}` })
    server.clock.set(server.clock.now() + stepMs)
  }
}

test('without a total a search is read until there is nothing more', async () => {
  const all = [1, 2, 3, 4, 5].map((n) => wireIssue(n))
  const server = await startRawServer((response, { body }) => {
    const { startAt, maxResults } = body as { startAt: number; maxResults: number }
    answerJson(response, { startAt, issues: all.slice(startAt, startAt + Math.min(maxResults, 3)) })
  })
  const keys: string[] = []
  for await (const { tickets } of searchPages(dataCenterAt(server.url), QUERY, never))
    keys.push(...tickets.map((t) => t.key))
  expect(keys).toEqual(['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4', 'TPM-5'])
  expect(server.requests.map(({ body }) => (body as { startAt: number }).startAt)).toEqual([0, 2, 4])
})

test('short pages do not end a search, whether the server caps them or gives less for no reason', async () => {
  const { server, jira } = await startDataCenter({ searchPageCap: 3 })
  await add(server, 10)
  await server.setFaults([{ match: { path: '/search$' }, kind: 'short-page', times: 3 }])
  const keys: string[] = []
  for await (const { tickets } of searchPages(jira, QUERY, never)) keys.push(...tickets.map(({ key }) => key))
  expect(keys).toHaveLength(10)
  expect(new Set(keys).size).toBe(10)
})

test('an empty page of a search that has tickets is not its end', async () => {
  const { server, jira } = await startDataCenter()
  await add(server, 3)
  await server.setFaults([{ match: { path: '/search$' }, kind: 'empty-page', times: 1 }])
  expect((await jira.search(QUERY, never)).tickets).toHaveLength(3)
  await server.setFaults([{ match: { path: '/search$' }, kind: 'empty-page', times: 2 }])
  await expect(jira.search(QUERY, never)).rejects.toMatchObject({ code: 'jira-broken', retryable: true })
})

test('tickets that are edited and deleted between pages push none of the others out of sight', async () => {
  const { server, jira } = await startDataCenter()
  await add(server, 12)
  const keys: string[] = []
  let pageToken: string | null = null
  do {
    const page = await jira.search({ ...QUERY, pageToken, pageSize: 3 }, never)
    keys.push(...page.tickets.map(({ key }) => key))
    pageToken = page.nextPageToken
    if (keys.length === 3) await server.edit('TPM-1', { summary: 'Edited' })
    if (keys.length === 3) await server.remove('TPM-2')
  } while (pageToken !== null)
  const left = (await server.truth()).map(({ key }) => key)
  expect(left).toHaveLength(11)
  expect([...new Set(keys)]).toEqual(expect.arrayContaining(left))
})

test('asked to be consistent, it reads those tickets that the first page lacks, and no others', async () => {
  const { server, jira } = await startDataCenter({ indexLag: { kind: 'fixed', ms: 45_000 } })
  await add(server, 3)
  await server.setFaults([{ match: { path: '/issue/' }, kind: 'late', ms: 0, times: 100 }])
  const page = await jira.search({ ...QUERY, reconcileIds: ['10000', '10002', '4711'] }, never)
  expect(page.tickets.map(({ key }) => key)).toEqual(['TPM-1', 'TPM-2', 'TPM-3'])
  const { body } = await server.request('GET', '/sandbox/faults')
  expect(body).toMatchObject({ rules: [{ times: 98 }] })
  // On later pages they are not given again.
  const first = await jira.search({ ...QUERY, pageSize: 1, reconcileIds: ['10002'] }, never)
  const second = await jira.search(
    { ...QUERY, pageToken: first.nextPageToken, reconcileIds: ['10002'] },
    never,
  )
  expect([first, second].map(({ tickets }) => tickets.map(({ key }) => key))).toEqual([
    ['TPM-1', 'TPM-3'],
    ['TPM-2'],
  ])
})

test('a search in no order is given the one that edits do not change', async () => {
  const server = await startPaths({ '/rest/api/2/search': foundIssues() })
  await dataCenterAt(server.url).search({ ...QUERY, jql: 'labels = "run-1"' }, never)
  expect(server.requests[0]?.body).toMatchObject({ jql: 'labels = "run-1" ORDER BY created ASC, key ASC' })
})
