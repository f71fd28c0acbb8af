import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test-support/server.ts'
import type { SearchOddity } from './oddities.ts'

const SEARCH = '/rest/api/3/search/jql'
const ALL = ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4', 'TPM-5', 'TPM-6', 'TPM-7']

interface Page {
  readonly keys: readonly string[]
  readonly isLast: boolean
  readonly token: string | undefined
}

let sandbox: TestServer

beforeEach(async () => {
  sandbox = await startTestServer({ historyTickets: 7 })
})
afterEach(() => sandbox.stop())

async function page(nextPageToken?: string, maxResults = 3): Promise<Page> {
  const query = { jql: 'project = TPM ORDER BY key', maxResults, fields: ['key'], nextPageToken }
  const { status, body } = await sandbox.request('POST', SEARCH, query)
  expect(status).toBe(200)
  const answer = body as { issues: { key: string }[]; isLast: boolean; nextPageToken?: string }
  return {
    keys: answer.issues.map(({ key }) => key),
    isLast: answer.isLast,
    token: answer.nextPageToken,
  }
}

/** All pages until the last one, but no more than twelve. */
async function pages(maxResults = 3): Promise<Page[]> {
  const all: Page[] = []
  do {
    all.push(await page(all.at(-1)?.token, maxResults))
  } while (all.at(-1)?.isLast === false && all.length < 12)
  return all
}

const odd = (kind: SearchOddity, times: number, after = 0): Promise<void> =>
  sandbox.setFaults([{ match: { path: '/search/jql$' }, kind, times, after }])

describe('the pages of a search', () => {
  test('may be shorter than asked for, and yet not the last', async () => {
    await odd('short-page', 2)
    const all = await pages(100)
    expect(all.map(({ keys }) => keys.length)).toEqual([3, 2, 2])
    expect(all.flatMap(({ keys }) => keys)).toEqual(ALL)
  })

  test('may be empty, first or in the middle, and yet not the last; their tokens are new ones', async () => {
    for (const after of [0, 1]) {
      await odd('empty-page', 2, after)
      const all = await pages()
      expect(all).toHaveLength(5)
      expect(all.filter(({ keys }) => keys.length === 0)).toHaveLength(2)
      expect(all.flatMap(({ keys }) => keys)).toEqual(ALL)
      const tokens = all.flatMap(({ token }) => token ?? [])
      expect(new Set(tokens).size).toBe(tokens.length)
    }
  })

  test('may come twice, with the same token, and go on', async () => {
    await odd('repeated-page', 1, 1)
    const all = await pages()
    expect(all.map(({ keys }) => keys)).toEqual([
      ALL.slice(0, 3),
      ALL.slice(3, 6),
      ALL.slice(3, 6),
      ALL.slice(6),
    ])
    expect(all[2]?.token).toBe(all[1]?.token)
  })

  test('may come for ever, until the fault is taken away', async () => {
    await odd('repeated-token', 1)
    const all = await pages()
    expect(all).toHaveLength(12)
    expect(new Set(all.map(({ token }) => token)).size).toBe(1)
    await sandbox.setFaults([])
    expect((await page(all.at(-1)?.token)).keys).toEqual(ALL.slice(3, 6))
  })
})
