import { expect, test } from 'vitest'
import { createEventHub, type Client } from '../../../src-shared/contract/client.ts'
import type { CleanUp } from '../../../src-shared/contract/runs/clean-up.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { plainClient } from './plain-client.ts'

const CLEARS = 'TPM\u001B[2J'
const SHOWN = 'TPM\u{FFFD}[2J'

/** A core that answers every call with this, or throws it. */
function coreWith(answer: unknown): { client: Client; hub: ReturnType<typeof createEventHub> } {
  const hub = createEventHub()
  const client: Client = {
    async call() {
      if (answer instanceof Error) throw answer
      return answer as never
    },
    on: (event, listener) => hub.on(event, listener),
  }
  return { client: plainClient(client), hub }
}

test('every text of an answer is plain, however deep, and all else is as it was', async () => {
  const { client } = coreWith({ runs: [{ by: CLEARS, seed: -0, slept: true, reason: null }], [CLEARS]: [1] })
  expect(await client.call('runs.list', { limit: 1 })).toEqual({
    runs: [{ by: SHOWN, seed: -0, slept: true, reason: null }],
    [SHOWN]: [1],
  })
})

test('so are refusals, which Jira words itself', async () => {
  const { client } = coreWith(new AppError('jira-refused', CLEARS, { hint: CLEARS, retryable: true }))
  const error = { code: 'jira-refused', message: SHOWN, hint: SHOWN, retryable: true }
  await expect(client.call('sync.now', {})).rejects.toMatchObject(error)
})

test('and what is reported by itself', () => {
  const { client, hub } = coreWith(null)
  const heard: CleanUp[] = []
  const leave = client.on('clean-up.changed', (cleanUp) => void heard.push(cleanUp))
  const kept = [{ key: CLEARS, reason: CLEARS }]
  const told = { runId: 'abcd2345', state: 'running', total: 1, deleted: 0, kept, failure: null } as const
  hub.publish('clean-up.changed', told)
  leave()
  hub.publish('clean-up.changed', told)
  expect(heard).toEqual([{ ...told, kept: [{ key: SHOWN, reason: SHOWN }] }])
})

test('names of others change nothing but what they name', async () => {
  const answer = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": "x"}') as unknown
  const { client } = coreWith(answer)
  const plain = (await client.call('sync.status', {})) as object
  expect(Object.keys(plain)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(plain)).toBe(Object.prototype)
  expect('isAdmin' in plain).toBe(false)
})
