import type { Client, SendRequestOptions } from 'jira.js/core'
import { expect, test } from 'vitest'
import { createCall } from './cloud.ts'
import { createRedactor } from '../credentials.ts'
import { READ_REPEATS } from '../retry.ts'
import { TEST_TOKEN } from '../../../test-support/jira/jira.ts'
import type { HttpAnswer } from '../transport.ts'

const READ = { repeats: READ_REPEATS, signal: new AbortController().signal }
const ANSWER: HttpAnswer = { data: { a: 1 }, siteMs: 7, accountId: 'ada', tookMs: 3 }

const call = createCall({ host: 'jira.test', send: async () => ANSWER, redact: createRedactor([TEST_TOKEN]) })

/** An endpoint function whose schema finds a fault at the path. */
function wrongAt(path: readonly string[]) {
  const schema = { safeParse: () => ({ success: false, error: { issues: [{ path }] } }) }
  const asked = { url: '/rest/x', schema } as unknown as SendRequestOptions
  return (client: Client) => client.sendRequest(asked)
}

test('an endpoint’s result comes with what its answer said besides', async () => {
  const said = await call((client) => client.sendRequest<unknown>({ url: '/rest/x' }), READ)
  expect(said).toEqual({ result: { a: 1 }, siteMs: 7, accountId: 'ada', tookMs: 3 })
})

test('an answer of another shape is refused and the place named, unless it is a secret', async () => {
  const answered = call(wrongAt(['issues', TEST_TOKEN]), READ)
  await expect(answered).rejects.toMatchObject({ code: 'jira-broken', failure: 'shape' })
  await expect(answered).rejects.toThrow('GET /rest/x with another shape than agreed (issues.(hidden))')
})
