import { expect, test } from 'vitest'
import { hookBody, sendHook, startHookServer } from '../../../test-support/server/hooks.ts'
import { makeTestData } from '../../../test-support/store/store.ts'

test('of two receivers over one store each takes webhooks, and the same one at both is there once', async () => {
  const data = await makeTestData()
  const one = await startHookServer({ store: await data.open() })
  const other = await startHookServer({ store: await data.open() })
  const bodies = Array.from({ length: 30 }, (_, n) => hookBody(n + 1))
  const answers = await Promise.all(
    bodies.flatMap((body, n) => {
      const headers = { 'x-atlassian-webhook-identifier': `delivery ${n}` }
      return [one, other].map(({ url }) => sendHook(url, body, headers))
    }),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
  const ids = (await one.unread()).toSorted((a, b) => Number(a) - Number(b))
  expect(ids).toEqual(bodies.map((_, n) => String(n + 1)))
  expect(await other.book()).toMatchObject({ received: 60, repeats: 30, isListening: true })
})
