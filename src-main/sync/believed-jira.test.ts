import { expect, test } from 'vitest'
import type { SearchPage } from '../jira/jira.ts'
import { hastyClock } from '../../test-support/sync/sync.ts'
import { believeOnlyOurs, createIdentityProof } from './trusted-jira.ts'

const never = new AbortController().signal
const QUERY = { jql: '', pageToken: null, pageSize: 100, reconcileIds: [], property: null }

/** A Jira whose pages name these accounts one after the other, and then the last one for ever. */
function namesInTurn(...names: (string | null)[]) {
  const asked = { pages: 0, identities: 0 }
  const identity = createIdentityProof(
    {
      async identity() {
        asked.identities++
        return { accountId: 'ada', displayName: 'Ada', timeZone: 'UTC' }
      },
    },
    hastyClock,
  )
  const answer = async (): Promise<SearchPage> => {
    const accountId = names[Math.min(asked.pages++, names.length - 1)] ?? null
    return { tickets: [], nextPageToken: null, siteMs: 0, accountId }
  }
  const jira = believeOnlyOurs(
    { search: answer, searchIds: async () => ({ ...(await answer()), ids: [] }) },
    identity,
  )
  const search = async (): Promise<SearchPage> => {
    await identity.prove(never)
    return jira.search(QUERY, never)
  }
  return { search, asked }
}

test('pages that name us are believed as they are', async () => {
  const { search, asked } = namesInTurn('ada')
  await search()
  await search()
  expect(asked).toEqual({ pages: 2, identities: 1 })
})

test('a page that names nobody is asked for again, after Jira has said that it knows us', async () => {
  const { search, asked } = namesInTurn(null, 'ada')
  expect((await search()).accountId).toBe('ada')
  expect(asked).toEqual({ pages: 2, identities: 2 })
})

test.each([null, 'bob'])('where Jira names us else, a page for %s is never believed', async (name) => {
  const { search } = namesInTurn('ada', name)
  await search()
  await expect(search()).rejects.toMatchObject({ code: 'jira-broken', retryable: true })
})

test('a page that names somebody else is not believed even at first', async () => {
  const { search } = namesInTurn('bob')
  await expect(search()).rejects.toMatchObject({ code: 'jira-broken' })
})

test('where nobody is ever named, each page is believed on a proof of its own', async () => {
  const { search, asked } = namesInTurn(null)
  await search()
  await search()
  await search()
  // The first answer without a name is asked for once more, and that one proven as well.
  expect(asked).toEqual({ pages: 4, identities: 5 })
})
