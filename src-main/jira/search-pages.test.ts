import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import { searchPages, type SearchPage } from './jira.ts'
import { answerJson, jiraAt, startRawServer, wireIssue } from '../../test-support/jira/jira.ts'

const never = new AbortController().signal
const QUERY = { jql: 'updated >= 0', pageSize: 1, reconcileIds: ['9'], property: null }

/** A server of as many pages as tokens, and a last one. */
function startPages(tokens: readonly string[]) {
  return startRawServer((response, { body }) => {
    const { nextPageToken } = body as { nextPageToken?: string }
    const at = nextPageToken === undefined ? 0 : tokens.indexOf(nextPageToken) + 1
    const token = tokens[at]
    answerJson(response, { issues: [wireIssue(at)], isLast: token === undefined, nextPageToken: token })
  })
}

async function keysOf(pages: AsyncIterable<SearchPage>): Promise<string[]> {
  const keys: string[] = []
  for await (const page of pages) keys.push(...page.tickets.map((ticket) => ticket.key))
  return keys
}

test('all pages come in order, each asked for with the same query', async () => {
  const server = await startPages(['a', 'b', 'c'])
  const keys = await keysOf(searchPages(jiraAt(server.url), QUERY, never))
  expect(keys).toEqual(['TPM-0', 'TPM-1', 'TPM-2', 'TPM-3'])
  expect(server.requests.map(({ body }) => (body as { reconcileIssues: number[] }).reconcileIssues)).toEqual(
    Array.from({ length: 4 }, () => [9]),
  )
})

test('a token that comes again is an error, not a search without end', async () => {
  const server = await startPages(['a', 'b', 'a'])
  await expect(keysOf(searchPages(jiraAt(server.url), QUERY, never))).rejects.toMatchObject({
    code: 'jira-broken',
  })
})

test('the next page’s request has left before the caller gets the one before', async () => {
  let sent = 0
  const count = (): void => void sent++
  subscribe('undici:request:bodySent', count)
  onTestFinished(() => void unsubscribe('undici:request:bodySent', count))
  const server = await startPages(['a', 'b', 'c'])
  const pages = searchPages(jiraAt(server.url), QUERY, never)
  await pages.next()
  await pages.next()
  expect(sent).toBe(3)
  await pages.return()
})

test('a caller that leaves early ends the request under way', async () => {
  const gone = Promise.withResolvers<void>()
  const server = await startRawServer((response, _request, n) => {
    if (n === 0) answerJson(response, { issues: [wireIssue(0)], nextPageToken: 'a' })
    else response.on('close', () => gone.resolve())
  })
  for await (const page of searchPages(jiraAt(server.url), QUERY, never)) {
    expect(page.tickets).toHaveLength(1)
    await expect.poll(() => server.requests.length).toBe(2)
    break
  }
  await gone.promise
})
