import { expect, test } from 'vitest'
import type { FoundTicket, SearchQuery } from '../jira/jira.ts'
import { keyBeforeRun } from './known-keys.ts'

const NEVER = new AbortController().signal
const CREATED_MS = Date.UTC(2026, 5, 1, 12, 0, 30)
/** A quarter of an hour before, on the minute. */
const BEFORE_MS = Date.UTC(2026, 5, 1, 11, 45)

function ticket(key: string, given: Partial<FoundTicket> = {}): FoundTicket {
  return {
    id: `id-${key}`,
    key,
    projectKey: key.replace(/-\d+$/, ''),
    title: '',
    priorityId: '1',
    priorityName: 'High',
    status: 'To Do',
    createdMs: BEFORE_MS - 1,
    updatedMs: BEFORE_MS - 1,
    labels: [],
    property: undefined,
    ...given,
  }
}

/** A Jira whose index shows some tickets, and that knows better what they are. */
function jiraOf(indexed: readonly FoundTicket[], now: readonly FoundTicket[] = indexed) {
  const asked: { queries: SearchQuery[]; ids: string[][] } = { queries: [], ids: [] }
  return {
    asked,
    async search(query: SearchQuery) {
      asked.queries.push(query)
      return { tickets: indexed, nextPageToken: null, siteMs: 0, accountId: null }
    },
    async byIds(ids: readonly string[]) {
      asked.ids.push([...ids])
      return [...now]
    },
  }
}

const keyOf = (jira: ReturnType<typeof jiraOf>): Promise<number> =>
  keyBeforeRun(jira, { createdAtMs: CREATED_MS }, 'TPM', NEVER)

test('a key that was surely given out before the run: that of the newest ticket, well before', async () => {
  const jira = jiraOf([ticket('TPM-41'), ticket('TPM-40')])
  expect(await keyOf(jira)).toBe(41)
  expect(jira.asked.queries[0]?.jql).toContain(`created < ${BEFORE_MS} AND updated < ${BEFORE_MS} `)
  expect(jira.asked.ids).toEqual([['id-TPM-41', 'id-TPM-40']])
})

test('0 where the project had none, and then nothing more is asked', async () => {
  const jira = jiraOf([])
  expect(await keyOf(jira)).toBe(0)
  expect(jira.asked.ids).toEqual([])
})

test.each([
  ['changed since', ticket('TPM-90', { updatedMs: BEFORE_MS })],
  ['made since', ticket('TPM-90', { createdMs: BEFORE_MS })],
  ['moved away', ticket('OPS-90')],
])('what the index shows as it was, and is %s, says nothing', async (_what, now) => {
  expect(await keyOf(jiraOf([ticket('TPM-90'), ticket('TPM-7')], [now, ticket('TPM-7')]))).toBe(7)
  expect(await keyOf(jiraOf([ticket('TPM-90')], [now]))).toBe(0)
})
