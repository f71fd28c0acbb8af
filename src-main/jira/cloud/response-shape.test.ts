import { searchPriorities } from 'jira.js/cloud'
import type { SendRequestOptions } from 'jira.js/core'
import { expect, test } from 'vitest'
import { checkShape } from './cloud.ts'

/** jira.js's own schema of a page of priorities. */
async function pageSchema(): Promise<NonNullable<SendRequestOptions['schema']>> {
  const { promise, resolve } = Promise.withResolvers<SendRequestOptions['schema']>()
  const client = {
    async sendRequest<T>(options: SendRequestOptions<T>): Promise<T> {
      resolve(options.schema)
      return { values: [] } as T
    },
  }
  await searchPriorities(client)
  const schema = await promise
  if (schema === undefined) throw new Error('jira.js no longer checks a page of priorities')
  return schema
}

const page = (values: unknown[]): unknown => ({
  isLast: true,
  maxResults: 50,
  startAt: 0,
  total: values.length,
  values,
})

test('null is the same as absent, wherever it is', async () => {
  const data = page([
    { id: '1', name: 'Highest', description: null },
    { id: '2', name: 'High', iconUrl: null, description: 'Serious' },
  ])
  expect(checkShape(await pageSchema(), data)).toMatchObject({
    ok: true,
    value: { values: [{ id: '1' }, { id: '2', description: 'Serious' }] },
  })
})

test('what is neither is reported by its place', async () => {
  const schema = await pageSchema()
  expect(checkShape(schema, page([{ id: 1 }]))).toEqual({ ok: false, wrong: 'values.0.id' })
  expect(checkShape(schema, { ...(page([]) as object), isLast: null })).toEqual({
    ok: false,
    wrong: 'isLast',
  })
  expect(checkShape(schema, 'text')).toEqual({ ok: false, wrong: 'the answer itself' })
})
